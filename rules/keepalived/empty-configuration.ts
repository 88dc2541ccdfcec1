import { rule } from '../../src/lint/rule.ts';
import { isIdle } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'empty-configuration',
  severity: 'warning',
  summary: 'A configuration gives keepalived nothing to do',
  why: `
keepalived starts without complaint when nothing in its configuration makes it do anything: no instance, no virtual server, no
BFD session. It then holds no address and takes part in no election. Typical for a file whose content went into another one that
is never included, or that was emptied by a failed deployment. A file with nothing but \`global_defs\` may be meant for another one
to include, so that it is only worth a note.
`,
  sources: ['keepalived: core/main.c', 'keepalived 2.2.7 with -t accepts an empty file'],
  absence: true,
  bad: [
    {
      title: 'Only globals',
      files: `
        global_defs {
        ^^^^^^^^^^^ nothing here makes keepalived do anything
            router_id lb1
        }
      `,
    },
    {
      title: 'Nothing at all',
      files: `
        # moved to conf.d
        ^^^^^^^^^^^^^^^^^ nothing here makes keepalived do anything
      `,
    },
  ],
  good: [
    {
      title: 'Static addresses are work, too',
      files: `
        static_ipaddress {
            10.0.0.5/24 dev eth0
        }
      `,
    },
    {
      title: 'Checks for other files to include',
      files: `
        vrrp_script chk_nginx {
            script "/usr/bin/pgrep nginx"
            user root
        }
      `,
    },
  ],
  *check(model) {
    const at = isIdle(model);
    if (!at) return;
    yield {
      at,
      message: 'nothing here makes keepalived do anything',
      ...(model.statements.length > 0 ? { severity: 'info' as const } : {}),
    };
  },
});
