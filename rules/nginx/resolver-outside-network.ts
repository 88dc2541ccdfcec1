import { rule } from '../../src/lint/rule.ts';
import { argumentsFrom, isPublicAddress, parseEndpoint } from '../../src/model/nginx/index.ts';

const services = /^(?:dns\.google|one\.one\.one\.one|dns\d*\.quad9\.net|resolver\d\.opendns\.com)$/;

export default rule({
  scope: 'nginx',
  id: 'resolver-outside-network',
  severity: 'info',
  summary: 'Names of backends are looked up at a server on the internet',
  why: `
nginx asks its \`resolver\` over plain UDP. On the way to a public server anybody who sees or guesses the questions can answer first, and
requests then go to his machine. Names that only the own network knows are not found there, and leave the house with each question.

Ask a resolver of the own network, best on this machine.
`,
  sources: ['nginx documentation: ngx_http_core_module (resolver)', 'RFC 5452'],
  bad: [
    {
      title: 'A public server',
      files: `
        server {
            listen 80;
            resolver 10.0.0.53 8.8.8.8 valid=30s;
                               ^^^^^^^ 8.8.8.8 is a resolver on the internet, asked over plain UDP
        }
      `,
    },
    {
      title: 'Several in one list',
      files: `
        server {
            listen 80;
            resolver 8.8.8.8 8.8.4.4 valid=30s;
                     ^^^^^^^^^^^^^^^ 8.8.8.8 and 8.8.4.4 are resolvers on the internet, asked over plain UDP
        }
      `,
    },
  ],
  good: [
    {
      title: 'Servers near by, by address and by name',
      files: `
        server {
            listen 80;
            resolver 127.0.0.53 10.0.0.53:5353 [fd00::53] 169.254.169.253 100.100.100.100 dns.example.com ipv6=off;
        }
      `,
    },
  ],
  *check({ named }) {
    for (const { directive } of named('resolver')) {
      const outside = argumentsFrom(directive, 0).flatMap(({ value, at }) => {
        if (value.includes('=') || value.includes('$')) return [];
        const { host } = parseEndpoint(value);
        return host !== undefined && (isPublicAddress(host) || services.test(host)) ? [{ host, at }] : [];
      });
      const [first, ...others] = outside;
      if (!first) continue;
      yield {
        at: { ...first.at, end: outside.at(-1)!.at.end },
        message:
          others.length > 0
            ? `${first.host} and ${others[1] ? `${others.length} more` : others[0]!.host} are resolvers on the internet, asked over plain UDP`
            : `${first.host} is a resolver on the internet, asked over plain UDP`,
        help: 'ask a resolver of the own network, best on this machine',
      };
    }
  },
});
