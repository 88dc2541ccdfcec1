import { rule } from '../../src/lint/rule.ts';
import { isBlock, newerStatements } from '../../src/model/keepalived/index.ts';
import { showVersion } from '../../src/model/version.ts';

export default rule({
  scope: 'keepalived',
  id: 'newer-keyword',
  severity: 'warning',
  summary: 'A keyword is newer than the keepalived that runs',
  why: `
To an older daemon it is an unknown word: the line is dropped. Of a block only the first line is dropped, so that what stands in
it is read as part of the block around it, and its \`}\` closes that block too early; this makes it an error.

lbcheck says this only when it was told the version: \`--keepalived-version\` or \`facts\` in lbcheck.yaml.
`,
  sources: ['keepalived: the parser of the releases 1.2.20 to 2.4.3'],
  bad: [
    {
      title: 'Debian 12 runs 2.2.7',
      facts: { keepalived: '2.2.7' },
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            timer_expired_backup 150
            ^^^^^^^^^^^^^^^^^^^^ timer_expired_backup came with keepalived 2.2.8; this is 2.2.7
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'A block that is not known yet',
      facts: { keepalived: '2.0.10' },
      files: `
        vrrp_track_process nginx {
        ^^^^^^^^^^^^^^^^^^ vrrp_track_process came with keepalived 2.0.11; this is 2.0.10
            process nginx
        }
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            track_process {
            ^^^^^^^^^^^^^ track_process came with keepalived 2.0.11; this is 2.0.10
                nginx
            }
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  good: [
    {
      title: 'New enough',
      facts: { keepalived: '2.2.8' },
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            timer_expired_backup 150
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
    {
      title: 'Nobody said which version runs',
      files: `
        vrrp_instance VI_1 {
            interface eth0
            virtual_router_id 51
            owner_ignore_adverts
            virtual_ipaddress {
                10.0.0.100/24
            }
        }
      `,
    },
  ],
  *check(model) {
    for (const { statement, at, since } of newerStatements(model)) {
      const known = statement.keyword!;
      const came = since === 'unreleased' ? 'is in no release yet' : `came with keepalived ${since}`;
      yield {
        at,
        message: `${known.name} ${came}; this is ${showVersion(model.version!)}`,
        ...(isBlock(known)
          ? {
              severity: 'error' as const,
              help: 'keepalived drops this line and reads what is in the braces as part of the block around it',
            }
          : { help: 'keepalived drops this line' }),
      };
    }
  },
});
