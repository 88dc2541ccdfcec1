import { rule } from '../../src/lint/rule.ts';
import { weakCiphers } from '../../src/model/nginx/index.ts';

export default rule({
  scope: 'nginx',
  id: 'weak-cipher',
  severity: 'warning',
  risk: 5.9,
  summary: 'A list of ciphers lets in suites that protect nothing',
  why: `
The list allows suites without encryption, without authentication, or with a cipher that is broken: NULL, anonymous, EXPORT, RC4, DES,
3DES, MD5. \`HIGH\` and \`ALL\` tell how long a key is, and hold suites in which the server shows no certificate; \`!aNULL\` takes them out.
OpenSSL 3 at its usual security level refuses most of them, an older one or a lowered level does not.

Take the list of Mozilla's "intermediate" configuration, or nginx's default by leaving the directive away.
`,
  sources: ['OpenSSL: ciphers(1)', 'OpenSSL: ssl_cipher_process_rulestr()', 'RFC 9325, section 4.1'],
  bad: [
    {
      title: 'A broken cipher, and one that is only long',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:RC4-SHA:!aNULL;
                                                    ^^^^^^^ RC4-SHA brings in RC4
        }
        server {
            listen 444 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ciphers HIGH:!MD5;
                        ^^^^ HIGH brings in suites without authentication
        }
      `,
    },
  ],
  good: [
    {
      title: 'Taken out again, or of no effect',
      files: `
        server {
            listen 443 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ciphers HIGH:!aNULL:!MD5;
        }
        server {
            listen 444 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ciphers "EECDH+AESGCM:EDH+AESGCM:RC4:3DES:CAMELLIA:PSK:!RC4:!3DES:@STRENGTH";
        }
        server {
            listen 445 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_protocols TLSv1.3;
            ssl_ciphers ALL;
        }
        server {
            listen 446 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ciphers "DEFAULT:@SECLEVEL=1";
        }
        server {
            listen 447 ssl;
            ssl_certificate /etc/ssl/shop.pem;
            ssl_certificate_key /etc/ssl/shop.key;
            ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:ECDHE+HIGH:!eNULL;
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, cipher } of weakCiphers(model)) {
      const isAnonymous = cipher.weak === 'anonymous';
      yield {
        at,
        message: `${cipher.word} brings in ${isAnonymous ? 'suites without authentication' : cipher.weak}`,
        help: isAnonymous
          ? 'add !aNULL to the list'
          : 'take it out, or begin with the list that Mozilla recommends',
      };
    }
  },
});
