import { rule } from '../../src/lint/rule.ts';
import { dropsLongLines, longestLine } from '../../src/model/keepalived/index.ts';

export default rule({
  scope: 'keepalived',
  id: 'line-too-long',
  severity: 'error',
  summary: 'A line is longer than keepalived’s buffer',
  why: `
keepalived reads lines of at most ${longestLine} bytes. Up to 2.3.4 the rest is read as the next line: its first word is then a keyword,
unknown or, with bad luck, known, even when all of it was a comment. Since 2.4.0 the whole line is dropped with an error. Break
long comments; put long commands into a script.
`,
  sources: ['keepalived: lib/parser.c, MAXBUF and read_line()', 'keepalived 2.2.7 with -t'],
  bad: [
    {
      title: 'A comment of 1030 characters',
      files: `vrrp_instance VI_1 {
# ${'x'.repeat(1028)}
${' '.repeat(1023)}^^^^^^^ the line has 1030 bytes: what is beyond 1023 is read as the next line
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        10.0.0.100/24
    }
}
`,
    },
    {
      title: 'Since 2.4.0 it is dropped',
      facts: { keepalived: '2.4.1' },
      files: `vrrp_instance VI_1 {
# ${'x'.repeat(1028)}
${' '.repeat(1023)}^^^^^^^ the line has 1030 bytes: keepalived drops lines beyond 1023
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        10.0.0.100/24
    }
}
`,
    },
  ],
  good: [
    {
      title: 'A thousand characters',
      files: `vrrp_instance VI_1 {
# ${'x'.repeat(1000)}
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        10.0.0.100/24
    }
}
`,
    },
  ],
  *check({ longLines, version }) {
    const drops = dropsLongLines(version) === true;
    for (const { at, bytes } of longLines) {
      yield {
        at,
        message: drops
          ? `the line has ${bytes} bytes: keepalived drops lines beyond ${longestLine}`
          : `the line has ${bytes} bytes: what is beyond ${longestLine} is read as the next line`,
      };
    }
  },
});
