/** Scripts that nginx sends as they are written (ngx_http_try_files_handler(), ngx_http_script_regex_end_code()). */
import { isPlaceholder } from '../../../grammar/repair/index.ts';
import type { Span } from '../../../grammar/text.ts';
import { headSpan, type Word, wordSpan } from '../../../grammar/tree.ts';
import { servesFiles } from './alias.ts';
import { isReachable, locationFor } from './reach.ts';
import { enclosingLocation } from './server.ts';
import { around, type Statement } from './statement.ts';

export interface ServedScript {
  readonly at: Span;
  readonly script: string;
  /** The location that runs scripts. */
  readonly runner: Span;
  readonly help: string;
}

interface Model {
  readonly named: (name: string) => readonly Statement[];
}

/** The words that name a file for a location which opens files itself. */
function* filesOf({ named }: Model): Generator<readonly [Statement, Word, string]> {
  for (const statement of named('try_files')) {
    for (const word of statement.directive.args.slice(0, -1))
      yield [statement, word, 'only the last word of try_files is looked up among the locations'];
  }
  for (const statement of named('rewrite')) {
    const [, word, flag] = statement.directive.args;
    if (word && flag?.text === 'break') yield [statement, word, 'write last instead of break'];
  }
}

/** Every script that is sent as a file, though another location of its server would run it. */
export function* servedScripts(model: Model): Generator<ServedScript> {
  for (const [statement, word, help] of filesOf(model)) {
    const isRewrite = statement.name === 'rewrite';
    const script = isRewrite ? word.text.replace(/\?.*/s, '') : word.text;
    if (!/^(?:\/[^$?]*|\$uri\/[^$?]*)\.php$/.test(script) || isPlaceholder(word.text)) continue;
    const location = enclosingLocation(statement)?.statement;
    const server = around(statement, 'server');
    const { parent } = statement;
    if (!location || !server || !parent || !isReachable(location)) continue;
    if (!servesFiles(location) || !servesFiles(parent)) continue;
    const runner = locationFor(server, script.replace('$uri', '/x'));
    if (!runner || runner === 'unknown' || runner.statement === location) continue;
    if (!runner.statement.body.some(({ name }) => name === 'fastcgi_pass')) continue;
    yield {
      at: wordSpan(statement.directive, word),
      script,
      runner: headSpan(runner.statement.directive),
      help,
    };
  }
}
