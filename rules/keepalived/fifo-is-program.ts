import { rule } from '../../src/lint/rule.ts';
import { programFifos } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'fifo-is-program',
  severity: 'warning',
  summary: 'A FIFO has the path of a script',
  why: `
Into a FIFO keepalived *writes* every change of state; whatever reads it is started by \`vrrp_notify_fifo_script\` or runs by itself. Where
the path is that of a script, the script is not run: keepalived opens it and writes \`INSTANCE "VI_1" MASTER 100\` over its first bytes,
so that nothing can run it ever again. No check of the configuration mentions it. Give the FIFO a path of its own, such as
\`/run/keepalived/vrrp.fifo\`, and name the program with the keyword that ends in \`_fifo_script\`.
`,
  sources: [
    'keepalived: lib/notify.c, notify_fifo_open(): a file that exists is opened as it is',
    'keepalived.conf(5), vrrp_notify_fifo and vrrp_notify_fifo_script',
    'keepalived 2.2.7: the first line of a script was overwritten at start',
  ],
  bad: [
    {
      title: 'The script where the FIFO belongs',
      files: `
        global_defs {
            vrrp_notify_fifo /etc/keepalived/notify.sh
                             ^^^^^^^^^^^^^^^^^^^^^^^^^ keepalived writes into notify.sh and never runs it: a FIFO is no program
        }
      `,
    },
    {
      title: 'Named as the program, too',
      files: `
        global_defs {
            enable_script_security
            script_user root
            notify_fifo /opt/ha/on-change
                        ^^^^^^^^^^^^^^^^^ keepalived writes into on-change and never runs it: a FIFO is no program
            notify_fifo_script "/opt/ha/on-change --quiet"
        }
      `,
    },
  ],
  good: [
    {
      title: 'A FIFO, and a program that is given its path',
      files: `
        global_defs {
            enable_script_security
            script_user root
            vrrp_notify_fifo /run/keepalived/vrrp_notify_fifo.sh-events
            vrrp_notify_fifo_script "/etc/keepalived/notify.sh /run/keepalived/vrrp_notify_fifo.sh-events"
            lvs_notify_fifo /run/bin/lvs.fifo
        }
      `,
    },
  ],
  *check(model) {
    for (const { at, value } of programFifos(model)) {
      const name = value.slice(value.lastIndexOf('/') + 1);
      yield {
        at,
        message: `keepalived writes into ${name.slice(-40)} and never runs it: a FIFO is no program`,
        help: 'name the program in the keyword that ends in _fifo_script, and give the FIFO a path of its own',
      };
    }
  },
});
