import { rule } from '../../src/lint/rule.ts';
import { brokenScripts } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'script-syntax-error',
  severity: 'error',
  summary: 'A script of the shell lacks a word, and no shell reads it to its end',
  why: `
An \`if\` without \`then\`, a loop without \`done\`: the shell runs what stands above, stops, and ends with an error. The check then fails each
time: without a weight its node is in FAULT for good, and so is every other node that has the same script. A \`notify\` script does the
rest of its work on no change. keepalived does not look into scripts, and its log tells of a check that fails, not why.

\`sh -n check.sh\` reads a script and runs nothing.
`,
  sources: ['POSIX, Shell Command Language, 2.4 and 2.10', 'bash and dash with -n'],
  bad: [
    {
      title: 'A word forgotten',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
          }
          vrrp_script chk_api {
              script "/etc/keepalived/check_api.sh"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              track_script {
                  chk_api
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
              notify /etc/keepalived/notify.sh
          }
        `,
        'lb1/check_api.sh': `
          #!/bin/sh
          if ! curl -fsk -m 2 -o /dev/null https://localhost:6443/healthz
              exit 1
          fi
          ^^ then is missing before fi: the shell stops here
        `,
        'lb1/notify.sh': `
          #!/bin/bash
          for service in jobs mail; do
              if [ "$3" = MASTER ]; then
              ^^ if has no fi: the shell stops here
                  systemctl start "$service"
              else
                  systemctl stop "$service"
          # done
        `,
      },
    },
  ],
  good: [
    {
      title: 'Words that only look like those, and a shell of its own',
      files: {
        'lb1/keepalived.conf': `
          global_defs {
              script_user root
          }
          vrrp_script chk_api {
              script "/etc/keepalived/check_api.sh"
          }
          vrrp_script chk_jobs {
              script "/etc/keepalived/check_jobs.sh"
          }
          vrrp_instance VI_1 {
              interface eth0
              virtual_router_id 51
              track_script {
                  chk_api
                  chk_jobs
              }
              virtual_ipaddress {
                  10.0.0.100/24
              }
          }
        `,
        'lb1/check_api.sh': `
          #!/bin/sh
          # if then
          fail() { echo "done, fi }"; exit 1; }
          case $(curl -s http://127.0.0.1/state) in
              (ok | "done") exit 0 ;;
              fi) echo then done esac ;;
          esac
          until curl -fs http://127.0.0.1/ ; do sleep 1; done || fail
        `,
        'lb1/check_jobs.sh': `
          #!/usr/bin/env bash
          function down {
              exit 1
          }
          systemctl -q is-active jobs || down
        `,
      },
    },
  ],
  *check(model) {
    for (const { script, at, says } of brokenScripts(model)) {
      yield {
        at,
        message: `${says}: the shell stops here`,
        related: at === script.at ? [] : [{ at: script.at, note: 'keepalived runs it' }],
        help: script.use === 'notify' ? 'what stands below is not done' : 'the check fails each time',
      };
    }
  },
});
