import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';

/** A word that ends in its only quote, and has no sign of a pattern or of markup in it. */
const endsInQuote = /^[^"'\\=<>()[\]{}|*?^~]+["']$/;

/** Directives whose words are parts of a text. */
const ofText = /^(?:subs?_filter|log_format|echo\w*|return|more_\w+|if|ssi_\w+|xslt_\w+)$/;

export default rule({
  scope: 'nginx',
  id: 'quote-never-opened',
  severity: 'warning',
  summary: 'A word ends in a quote that was not opened',
  why: `
Within a word a quote is a letter to nginx: \`root /srv/www";\` looks for files below \`/srv/www"\`, and \`server_name example.com";\` answers
nobody. \`nginx -t\` says nothing.

Take the quote away, or write the other one before the word.
`,
  sources: ['nginx: ngx_conf_read_token()'],
  bad: [
    {
      title: 'The other quote was lost',
      files: `
        server {
            listen 80;
            server_name example.com";
                        ^^^^^^^^^^^^ the " at the end is a letter of this word, no quote
            root /srv/www';
                 ^^^^^^^^^ the ' at the end is a letter of this word, no quote
        }
      `,
      fixed: `
        server {
            listen 80;
            server_name example.com;
            root /srv/www;
        }
      `,
    },
  ],
  good: [
    {
      title: 'Quotes within a word, of a pattern, of markup, and of a text',
      files: `
        server {
            listen 80;
            location = /o'clock {
                return 204;
            }
            location ~ [^"]+"$ {
                return 404;
            }
            location /app/ {
                sub_filter src="/ src="/app/;
                sub_filter href=" href="/app;
                add_header Set-Cookie a="1";
                add_header X-Note "it's";
                proxy_set_header Host $host;
                proxy_pass http://10.0.0.11:8080;
            }
        }
      `,
    },
  ],
  *check({ all, isRefused }) {
    for (const { name, directive } of all) {
      const word = directive.args.at(-1);
      if (!word || word.quote || directive.body || !endsInQuote.test(word.text) || ofText.test(name))
        continue;
      const at = wordSpan(directive, word);
      if (isRefused(at)) continue;
      yield {
        at,
        message: `the ${word.text.at(-1)} at the end is a letter of this word, no quote`,
        fix: {
          title: 'take it away',
          safe: false,
          edits: [{ source: at.source, start: at.end - 1, end: at.end, text: '' }],
        },
      };
    }
  },
});
