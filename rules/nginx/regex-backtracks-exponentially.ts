import { builtinVariable } from '../../grammar/tables/variables.ts';
import type { Span } from '../../grammar/text.ts';
import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import {
  conditionOf,
  explosionOf,
  locationOf,
  type NginxModel,
  patternOf,
} from '../../src/model/nginx/index.ts';

interface Use {
  readonly at: Span;
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** Whether a client has a say in a variable. */
function isFromClient(name: string): boolean {
  const carrier = builtinVariable('http', name)?.carrier;
  return carrier !== undefined && carrier !== 'no';
}

/** The patterns that are applied to what clients send. */
function* uses({ named, entries }: NginxModel): Generator<Use> {
  for (const statement of named('location')) {
    const { modifier, path } = locationOf(statement);
    if (modifier.startsWith('~') && path.value !== undefined)
      yield { at: path.at, text: path.value, ignoreCase: modifier === '~*' };
  }
  for (const { directive } of named('rewrite')) {
    const word = directive.args[0];
    if (word) yield { at: wordSpan(directive, word), text: word.text, ignoreCase: false };
  }
  for (const { directive } of named('server_name')) {
    for (const word of directive.args) {
      if (word.text.startsWith('~'))
        yield { at: wordSpan(directive, word), text: word.text.slice(1), ignoreCase: true };
    }
  }
  for (const { directive } of named('if')) {
    const condition = conditionOf(directive);
    if (!condition?.pattern || !isFromClient(condition.variable)) continue;
    const { value, ignoreCase } = condition;
    yield { at: wordSpan(directive, value), text: value.text, ignoreCase };
  }
  for (const statement of named('map')) {
    const [, name] = /^\$(\w+)$/.exec(statement.directive.args[0]?.text ?? '') ?? [];
    if (name === undefined || !isFromClient(name.toLowerCase())) continue;
    for (const entry of entries(statement)) {
      const [modifier] = /^~\*?/.exec(entry.name.text) ?? [];
      if (!modifier) continue;
      const text = entry.name.text.slice(modifier.length);
      yield { at: wordSpan(entry, entry.name), text, ignoreCase: modifier === '~*' };
    }
  }
}

export default rule({
  scope: 'nginx',
  id: 'regex-backtracks-exponentially',
  severity: 'warning',
  risk: 5.3,
  summary: 'A regular expression takes exponentially long on some requests',
  why: `
A repetition within a repetition, such as \`(a+)+$\`, splits a text in as many ways as it has subsets, and PCRE tries them all before it
says no. A path of two dozen letters costs a worker a tenth of a second, in which it does nothing else, and ends in a 500:
\`pcre2_match() failed: -47\`, PCRE's limit. A client that sends many of them stops the node.

Take one of the repetitions away, or make the inner one possessive: \`(a++)+\`.
`,
  sources: ['PCRE2: pcre2pattern(3), pcre2api(3) (match limit)', 'CWE-1333'],
  bad: [
    {
      title: 'A repetition within a repetition, and two ways that overlap',
      files: `
        server {
            listen 80;
            location ~ ^/(a+)+$ {
                       ^^^^^^^^ takes exponentially long on a text such as /aaaaaa…!
                return 204;
            }
            location ~ ^/files/(a*)+/all$ {
                       ^^^^^^^^^^^^^^^^^^ takes exponentially long on a text such as /files/aaa…!
                return 204;
            }
            if ($http_user_agent ~ "^(\\w|bot)+$") {
                                   ^^^^^^^^^^^^^ takes exponentially long on a text such as xxbotxbotx…!
                return 403;
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'One way for each text, or nothing that can fail behind it',
      files: `
        server {
            listen 80;
            location ~ ^/(a++)+$ {
                return 204;
            }
            location ~ ^/(?:[a-z]+/)+$ {
                return 204;
            }
            location ~ ^/(\\w+-)*\\w+\\.html$ {
                return 204;
            }
            location ~ ^/(a+)+ {
                return 204;
            }
            location ~ "^/([a-z]{1,3}){1,4}$" {
                return 204;
            }
            location ~ ^/(.*)/(.*)\\.php$ {
                return 204;
            }
            if ($remote_addr ~ "^(\\d+)+$") {
                return 403;
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, text, ignoreCase } of uses(model)) {
      if (!text.includes(')')) continue;
      const pattern = patternOf(text, ignoreCase);
      const found = pattern && explosionOf(pattern);
      if (!found) continue;
      const { start, pump, end } = found;
      yield {
        at,
        message: `takes exponentially long on a text such as ${start}${pump.repeat(2)}…${end}`,
        help: 'take one repetition away, or make the inner one possessive: (a++)+',
      };
    }
  },
});
