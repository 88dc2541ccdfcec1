// What the article's two machines would have been told, had anybody asked the daemons.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fix } from '../../src/fix/index.ts';
import { check, memory } from '../../src/index.ts';
import { describeWith, keepalivedTest, nginxTest } from './harness.ts';

const nodes = ['master', 'backup'] as const;
const text = (path: string) =>
  readFileSync(new URL(`../../fixtures/clusters/article/${path}`, import.meta.url), 'utf8');

describeWith(['keepalived'], 'keepalived and the article', () => {
  test.concurrent.each(nodes)('%s: three misspelt words are unknown to it', async (node) => {
    const { code, messages } = await keepalivedTest(text(`${node}/keepalived.conf`));
    expect(code).toBe(5);
    for (const [word, line] of [
      ['smtp-server', 6],
      ['vrrp_instace', 10],
      ['autentication', 16],
    ]) {
      const found = messages.filter((m) => m.text === `Unknown keyword '${word}'`);
      expect(found.map((m) => m.line)).toEqual([line]);
    }
  });

  test.concurrent.each(nodes)('%s: because of one word, it knows none of the instance', async (node) => {
    const { messages } = await keepalivedTest(text(`${node}/keepalived.conf`));
    const unknown = messages.flatMap((m) => /^Unknown keyword '(.*)'$/.exec(m.text)?.[1] ?? []);
    expect(unknown).toEqual(
      expect.arrayContaining(['state', 'interface', 'virtual_router_id', 'priority', 'virtual_ipaddress']),
    );
  });

  const respelt = (node: string) =>
    text(`${node}/keepalived.conf`)
      .replace('vrrp_instace', 'vrrp_instance')
      .replace('autentication', 'authentication')
      .replace('smtp-server', 'smtp_server')
      .replace('BACKUIP', 'BACKUP');

  test.concurrent.each(nodes)('%s: correctly spelt, it is accepted without a word', async (node) => {
    expect(await keepalivedTest(respelt(node))).toEqual({ code: 0, messages: [] });
  });

  test.concurrent('that the two nodes disagree about virtual_router_id, it cannot know', async () => {
    const ids = nodes.map((node) => /virtual_router_id (\d+)/.exec(respelt(node))?.[1]);
    expect(ids).toEqual(['160', '158']);
  });

  test.concurrent('mended by the fixes, both are accepted without a word, and agree', async () => {
    const fs = memory(
      Object.fromEntries(nodes.map((node) => [`${node}/keepalived.conf`, text(`${node}/keepalived.conf`)])),
    );
    const { changes, after } = fix({
      unsafe: true,
      fs,
      stdin: undefined,
      roots: ['/'],
      check: (fs) => check(['/master', '/backup'], { fs }),
    });
    expect(changes.map(({ file }) => file).sort()).toEqual([
      'backup/keepalived.conf',
      'master/keepalived.conf',
    ]);
    expect(after.summary.errors).toBe(0);
    const mended = changes.map((change) => Buffer.from(change.after).toString());
    for (const each of mended) expect(await keepalivedTest(each)).toEqual({ code: 0, messages: [] });
    expect(mended.map((each) => /virtual_router_id (\d+)/.exec(each)?.[1])).toEqual(['160', '160']);
  });

  test.concurrent('a state it does not know is reported and taken for BACKUP', async () => {
    const { code, messages } = await keepalivedTest(respelt('backup').replace('BACKUP', 'BACKUIP'));
    expect(code).toBe(5);
    expect(messages).toEqual([
      {
        text: expect.stringMatching(/unknown state 'BACKUIP', defaulting to BACKUP/),
        file: 'keepalived.conf',
        line: 11,
      },
    ]);
  });
});

describeWith(['nginx'], 'nginx and the article', () => {
  test.concurrent.each(['master', 'backup', 'web1', 'web2'])('%s: accepted without a word', async (node) => {
    // X-forward-For among it: nginx passes on any header name.
    expect(await nginxTest(text(`${node}/nginx.conf`))).toEqual({ accepted: true, messages: [], given: [] });
  });
});
