import { rule } from '../../src/lint/rule.ts';
import { argumentsFrom, headerValues, joinedLines } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'header-with-newline',
  severity: 'error',
  summary: 'The value of a header has a line break in it',
  why: `
nginx sends the value as it stands between the quotes. A line that begins with a blank was once the continuation of the line before;
RFC 9112 forbids to send that, HTTP/2 cannot express it, and clients and proxies answer with an error, drop the header or take the rest
for another one. A Content-Security-Policy that is written on several lines fails in some browsers only.

Write the value on one line; a long one may be put together of variables by \`set\`.
`,
  sources: ['RFC 9112, section 5.2', 'RFC 9113, section 8.2.1', 'nginx: ngx_http_header_filter()'],
  bad: [
    {
      title: 'A policy on several lines',
      files: `
        server {
            listen 80;
            add_header Content-Security-Policy "default-src 'self';
                                               ^^^^^^^^^^^^^^^^^^^^ the value of Content-Security-Policy has a line break in it
                img-src *;";
        }
      `,
      fixed: `
        server {
            listen 80;
            add_header Content-Security-Policy "default-src 'self'; img-src *;";
        }
      `,
    },
  ],
  good: [
    {
      title: 'Arguments on several lines, types of more_set_headers',
      files: `
        server {
            listen 80;
            add_header
                Content-Security-Policy
                "default-src 'self'"
                always;
            more_set_headers -t 'text/html
                text/plain' 'X-A: b';
        }
      `,
    },
  ],
  *check({ where }) {
    for (const [name, from] of Object.entries(headerValues)) {
      for (const { directive } of where(name, (args) => args.some(({ text }) => /[\r\n]/.test(text)))) {
        for (const [index, { value, at }] of argumentsFrom(directive, from).entries()) {
          if (!/[\r\n]/.test(value) || /^-[st]$/.test(directive.args[from + index - 1]?.text ?? '')) continue;
          const text = joinedLines(at);
          yield {
            at: { ...at, end: at.start + at.source.text.slice(at.start, at.end).search(/$|[\r\n]|\\[rn]/m) },
            message: `the value of ${name === 'more_set_headers' ? 'this header' : directive.args[0]!.text} has a line break in it`,
            fix: { title: 'write it on one line', safe: true, edits: [{ ...at, text }] },
          };
        }
      }
    }
  },
});
