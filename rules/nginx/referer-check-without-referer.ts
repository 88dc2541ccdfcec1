import { once } from '../../grammar/remembered.ts';
import { wordSpan } from '../../grammar/tree.ts';
import { rule } from '../../src/lint/rule.ts';
import { conditionOf, locationOf, type Statement } from '../../src/model/nginx/index.ts';

/** Endings of files and names of folders that other pages like to show. */
const media =
  /gif|jpe?g|png|webp|mp4|mp3|flv|avi|svg|ico|pdf|zip|css|js|m3u8|\b(?:images?|img|pics?|pictures?|photos?|thumbs?|videos?|media|static|assets|uploads?|downloads?)\b/i;

export default rule({
  scope: 'nginx',
  id: 'referer-check-without-referer',
  severity: 'info',
  summary: 'A check of the Referer lets in requests that have none',
  why: `
With \`none\` in \`valid_referers\` a request without \`Referer\` counts as valid, and every page can have its requests sent without one
(\`Referrer-Policy: no-referrer\`). Against hot links to pictures that is meant; as a protection against forged requests it is none.

Drop \`none\` where requests without the header are to be refused, or have the application ask for a token of its own.
`,
  sources: ['nginx documentation: ngx_http_referer_module (valid_referers)', 'W3C Referrer Policy'],
  bad: [
    {
      title: 'A form that is to be sent from our pages only',
      files: `
        server {
            listen 80;
            location /transfer {
                valid_referers none server_names;
                               ^^^^ a request without Referer passes, and every page can send one
                if ($invalid_referer) {
                    return 403;
                }
                proxy_pass http://10.0.0.11;
            }
        }
      `,
    },
    {
      title: 'A snippet for others to include',
      files: `
        valid_referers blocked server_names;
                       ^^^^^^^ a Referer without http:// passes, and so does one that a client cut short
      `,
    },
  ],
  good: [
    {
      title: 'Pictures; a Referer that has to be there',
      files: `
        server {
            listen 80;
            location ~* \\.(gif|jpg)$ {
                valid_referers none blocked server_names;
                if ($invalid_referer) {
                    return 403;
                }
            }
            location /images/ {
                valid_referers none server_names;
                if ($invalid_referer) {
                    rewrite ^ /not-here.gif last;
                }
            }
            location /a {
                valid_referers server_names;
                if ($invalid_referer) {
                    return 403;
                }
            }
        }
      `,
    },
  ],
  *check({ named, isMain }) {
    const decides = ({ name, directive }: Statement): boolean =>
      name === 'if' && conditionOf(directive)?.variable === 'invalid_referer';
    // Of a snippet the file that includes it decides by the result.
    const isSnippet = !isMain && !named('if').some(decides);
    const refusing = once(({ body }: Statement) =>
      body.some(
        (each) => decides(each) && each.body.some(({ name }) => name === 'return' || name === 'rewrite'),
      ),
    );
    for (const { directive, parent } of named('valid_referers')) {
      const word = directive.args.find(({ text }) => text === 'none' || text === 'blocked');
      if (!word) continue;
      if (!(parent && refusing(parent)) && !isSnippet) continue;
      if (parent?.name === 'location' && media.test(locationOf(parent).path.value ?? '')) continue;
      yield {
        at: wordSpan(directive, word),
        message:
          word.text === 'none'
            ? 'a request without Referer passes, and every page can send one'
            : 'a Referer without http:// passes, and so does one that a client cut short',
        help: `drop ${word.text} where the check is to protect something`,
      };
    }
  },
});
