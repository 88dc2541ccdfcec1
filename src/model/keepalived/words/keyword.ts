/** What is wrong with the words after a keyword. */
import { isPlaceholder } from '../../../../grammar/repair/index.ts';
import { type Keyword, keyword } from '../../../../grammar/tables/keywords.ts';
import type { Span } from '../../../../grammar/text.ts';
import { type Word, wordSpan } from '../../../../grammar/tree.ts';
import type { Version } from '../../version.ts';
import { addressFault } from '../addresses.ts';
import { isBlock, type Statement, takesNoWord } from '../statements.ts';
import { addressForm, isNo, meantValue, rejection } from '../values.ts';
import { limited } from './limits.ts';
import { optionProblem } from './options.ts';
import {
  consequenceOf,
  expectation,
  joinedWith,
  newline,
  number,
  split,
  type WordProblem,
} from './problem.ts';

/** Where words may be secrets, which no message repeats. */
const isSecretive = ({ context }: Keyword): boolean =>
  ['authentication', 'auth_hmac', 'SSL'].some((block) => context === block || context.endsWith(`.${block}`));

/** A problem of a statement whose keyword is known. */
const problem = (
  statement: Statement,
  kind: WordProblem['kind'],
  at: Span,
  word: Word | undefined,
  more: Partial<WordProblem>,
): WordProblem => ({
  kind,
  statement,
  item: undefined,
  subject: statement.keyword!.name,
  at,
  written: isSecretive(statement.keyword!) ? undefined : word?.text,
  expected: '',
  meant: undefined,
  consequence: undefined,
  ...more,
});

/** The first thing wrong with the words of a keyword. */
export function keywordProblem(
  statement: Statement,
  known: Keyword,
  version: Version,
): WordProblem | undefined {
  const { args, directive } = statement;
  // A list without any braces takes the } of the block around it for its own (skip_block()).
  if (isBlock(known) && !directive.body && !isPlaceholder(directive.name.text)) {
    return problem(statement, 'missing', wordSpan(directive, directive.name), undefined, {
      expected: 'a block in { }',
      subject: `the { } of ${known.name}`,
      consequence: 'keepalived takes the next } for the end of it',
    });
  }
  // Scripts have words of their own, see scripts.ts; only that there are some is judged here.
  const [command, after] = args;
  // `""/usr/bin/check 80""` is an empty command, too.
  const isEmpty = command?.text === '' && (after ? after.start === command.end : known.required);
  if (known.raw && command && !isEmpty) return undefined;
  if (known.raw && command)
    return problem(statement, 'missing', wordSpan(directive, command), undefined, {
      expected: 'a command',
      ...(after ? { consequence: 'keepalived takes "" for the command' } : {}),
    });
  let next = 0;
  for (let index = 0; index < known.args.length; index++) {
    const arg = known.args[index]!;
    do {
      const word = args[next];
      if (!word) {
        if (arg.optional || (arg.variadic && next > index)) break;
        // vrrp_script.script reads what follows; smtp_helo_name and the like shrug.
        if (known.missing === 'ignored') return undefined;
        const abort = known.missing === 'abort' || known.missing === undefined;
        return problem(statement, 'missing', { ...wordSpan(directive, directive.name) }, undefined, {
          expected: index === 0 ? expectation(arg) : (arg.name ?? expectation(arg)),
          subject: index === 0 ? known.name : `the ${arg.name ?? 'second word'} of ${known.name}`,
          consequence: abort
            ? 'keepalived stops reading the configuration at this line'
            : consequenceOf(known),
        });
      }
      if (isPlaceholder(word.text)) return undefined;
      const over = limited(word.text, known, version);
      if (over !== undefined) {
        const meant = meantValue(word.text, arg);
        const isFitting = meant !== undefined && limited(meant, known, version) === undefined;
        return problem(statement, 'invalid', wordSpan(directive, word), word, {
          expected: over,
          ...(isFitting ? { meant } : {}),
          isTaken: known.name === 'router_id',
        });
      }
      if (arg.type === 'kv' || arg.type === 'words') {
        const wrong = optionProblem(args.slice(next), arg, known);
        if (!wrong) return undefined;
        if (keyword(statement.context, wrong.word.text))
          return surplus(statement, known, args.indexOf(wrong.word));
        return problem(statement, 'invalid', wordSpan(directive, wrong.word), wrong.word, {
          expected: wrong.expected,
          subject: wrong.subject,
        });
      }
      if (arg.type === 'vs_target') return targetProblem(statement, known);
      const expected = rejection(word.text, arg, known.flags.has('any-case'));
      if (expected !== undefined) {
        // An optional word may be left out before others.
        if (arg.optional && known.args.some((each, place) => place > index && !each.optional)) break;
        const form = addressForm(arg);
        // `real_server 192.0.2 80` lost a number, and has its port.
        const isWhole = known.args.length > 1 && args.length <= known.args.length;
        const joined = form
          ? isWhole
            ? undefined
            : split(args, next, arg)
          : isSecretive(known)
            ? undefined
            : joinedWith(args, next, arg);
        return problem(
          statement,
          form ? 'address' : 'invalid',
          joined?.at(directive) ?? wordSpan(directive, word),
          word,
          {
            expected: form ? addressFault(word.text, form).reason : expected,
            meant: isSecretive(known) ? undefined : (joined?.meant ?? meantValue(word.text, arg)),
            consequence: consequenceOf(known),
            harmless: known.default !== undefined && Number(word.text) === Number(known.default),
            ...(joined ? { written: joined.written } : {}),
          },
        );
      }
      next++;
    } while (arg.variadic);
  }
  return surplus(statement, known, next);
}

/** Words that nothing takes. Most keywords drop them in silence; a name that must be one word drops the block. */
function surplus(statement: Statement, known: Keyword, next: number): WordProblem | undefined {
  const { args, directive, context } = statement;
  const word = args[next];
  if (!word) return undefined;
  // offThatMeansOn() tells of it.
  if (takesNoWord(known) && next === 0 && isNo(word.text)) return undefined;
  const at = { ...wordSpan(directive, word), end: args.at(-1)!.end };
  // A quote after a backslash ends no pattern: regex_handler(), alloc_strvec_quoted_escaped().
  if (
    known.args.some(({ type }) => type === 'quoted_string') &&
    /\\["']/.test(directive.source.text.slice(directive.name.end, args.at(-1)!.end))
  )
    return undefined;
  const one = args.length === next + 1;
  const more = { expected: one ? 'word' : 'words' };
  if (known.flags.has('one-word')) {
    return problem(statement, 'refused', at, word, {
      ...more,
      consequence: `keepalived wants exactly one name here, and skips the whole ${known.opens ? 'block' : 'check'}`,
    });
  }
  if (known.items !== undefined) {
    return problem(statement, 'refused', at, word, {
      ...more,
      consequence: 'keepalived complains and uses the block',
    });
  }
  const before = args[next - 1];
  // `interface eth 0`
  if (
    known.args[next - 1]?.type === 'interface' &&
    /^[a-z]+$/.test(before!.text) &&
    /^\d[\w.]*$/.test(word.text) &&
    one
  ) {
    return problem(statement, 'invalid', { ...at, start: before!.start }, word, {
      written: `${before!.text} ${word.text}`,
      expected: 'one word',
      meant: before!.text + word.text,
      consequence: `keepalived looks for ${before!.text}`,
    });
  }
  const own = keyword(context, word.text);
  if (own && !known.opens) {
    return problem(statement, 'surplus', at, word, {
      ...more,
      meant: own.name,
      consequence: 'keepalived reads one keyword from a line',
      edits: [newline(directive, args[next - 1] ?? directive.name, word)],
    });
  }
  // `virtual_router_id 5 1`: together they may be one.
  const arg = known.args[next - 1];
  const isDoubtful = arg !== undefined && rejection(before!.text + word.text, arg) === undefined;
  return problem(statement, 'surplus', at, word, { ...more, isDoubtful });
}

/** `virtual_server 10.0.0.100 80`, `virtual_server fwmark 5`, `virtual_server group G`. */
function targetProblem(statement: Statement, known: Keyword): WordProblem | undefined {
  const { args, directive } = statement;
  const [target, second] = args as [Word, Word | undefined];
  const skipped = 'keepalived skips the whole block';
  if (second && isPlaceholder(second.text)) return undefined;
  if (target.text === 'group' || target.text === 'fwmark') {
    if (!second)
      return problem(statement, 'missing', wordSpan(directive, target), undefined, {
        subject: `${known.name} ${target.text}`,
        consequence: skipped,
      });
    const expected = target.text === 'fwmark' ? rejection(second.text, number(1, 4294967295)) : undefined;
    if (expected)
      return problem(statement, 'invalid', wordSpan(directive, second), second, {
        subject: 'fwmark',
        expected,
        consequence: skipped,
      });
  } else {
    const colon = /^(\d+\.\d+\.\d+\.\d+|\[[^\]]+\]):(\d+)$/.exec(target.text);
    const form = addressForm({ type: 'ip', optional: false, variadic: false })!;
    if (rejection(target.text, { type: 'ip', optional: false, variadic: false })) {
      return problem(statement, 'address', wordSpan(directive, target), target, {
        expected: colon ? 'the port is a word of its own' : addressFault(target.text, form).reason,
        meant: colon
          ? `${colon[1]!.replace(/[[\]]/g, '')} ${colon[2]}`
          : addressFault(target.text, form).meant,
        consequence: skipped,
      });
    }
    const expected = second && rejection(second.text, { type: 'port', optional: true, variadic: false });
    if (second && expected)
      return problem(statement, 'invalid', wordSpan(directive, second), second, {
        subject: 'the port',
        expected,
        meant: meantValue(second.text, { type: 'port', optional: true, variadic: false }),
        consequence: skipped,
      });
  }
  return args[2]
    ? problem(statement, 'surplus', wordSpan(directive, args[2]), args[2], { expected: 'word' })
    : undefined;
}
