import { rule } from '../../src/lint/rule.ts';
import { ofKind } from '../../src/model/syntax.ts';

export default rule({
  scope: 'syntax',
  id: 'merge-conflict-marker',
  severity: 'error',
  summary: 'A merge conflict was committed',
  why: `
Git wrote both versions into the file and somebody is yet to choose. nginx refuses such a file; keepalived reports unknown
keywords and uses both versions, the second one winning. lbcheck reads the first version of the two for everything else it says.
`,
  sources: ['git-merge(1), "How conflicts are presented"'],
  bad: [
    {
      title: 'Two priorities to choose from',
      files:
        'vrrp_instance VI_1 {\n    interface eth0\n    virtual_router_id 51\n<<<<<<< HEAD\n^^^^^^^^^^^^ a merge conflict is still to be resolved\n    priority 150\n=======\n    priority 100\n>>>>>>> lb2\n    virtual_ipaddress {\n        10.0.0.100/24\n    }\n}\n',
    },
  ],
  good: [{ title: 'A ruler in a comment', files: '# =======\nglobal_defs {\n    router_id lb1\n}\n' }],
  *check(syntax) {
    for (const { at, other } of ofKind(syntax, 'merge-conflict-marker')) {
      yield {
        at,
        message: 'a merge conflict is still to be resolved',
        ...(other ? { related: [{ at: other, note: 'it ends here' }] } : {}),
      };
    }
  },
});
