// What the other tests rely on: a configuration is judged on a machine of its own, and nothing is left behind.
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { describeWith, keepalivedTest, nginxTest } from './harness.ts';

const instance = (more: string) => `
vrrp_instance V {
  interface eth7
  virtual_router_id 7
  virtual_ipaddress { 192.0.2.100/24 }
  ${more}
}`;

describeWith(['keepalived'], 'keepalivedTest', () => {
  test.concurrent('the interfaces that the files name exist, and no others', async () => {
    expect(await keepalivedTest(instance(''))).toEqual({ code: 0, messages: [] });
    const { code, messages } = await keepalivedTest(instance(''), { interfaces: { eth8: [] } });
    expect(code).toBe(5);
    expect(messages).toContainEqual({
      text: "WARNING - interface eth7 for vrrp_instance V doesn't exist",
      file: 'keepalived.conf',
      line: 3,
    });
  });

  test.concurrent('a mistake is told once, with its place in the file it is in', async () => {
    const files = { 'keepalived.conf': 'include more.conf\n', 'more.conf': instance('oops') };
    const { code, messages } = await keepalivedTest(files);
    expect({ code, messages }).toEqual({
      code: 5,
      messages: [{ text: "Unknown keyword 'oops'", file: 'more.conf', line: 6 }],
    });
  });

  test.concurrent('scripts given with the files can be run', async () => {
    const globals = 'global_defs {\n enable_script_security\n script_user root\n}\n';
    const check = 'vrrp_script c {\n script /usr/local/bin/c.sh\n}\n';
    const config = globals + check + instance('track_script { c }');
    const files = { 'keepalived.conf': config, '/usr/local/bin/c.sh': '#!/bin/sh\n' };
    expect(await keepalivedTest(files)).toEqual({ code: 0, messages: [] });
    expect((await keepalivedTest(config)).code).toBe(5);
  });

  test.concurrent('one that never ends is stopped', async () => {
    const forever = '$Q=$Q\nglobal_defs {\n  router_id $Q\n}\n';
    expect((await keepalivedTest(forever, { seconds: 1 })).code).toBe('timeout');
  });
});

describeWith(['nginx'], 'nginxTest', () => {
  const tls = `
events {}
http {
  upstream app { server app1.internal:8080; server app2; }
  server {
    listen 203.0.113.7:443 ssl;
    listen [2001:db8::7]:443 ssl;
    ssl_certificate /etc/ssl/lb.pem;
    ssl_certificate_key /etc/ssl/lb.key;
    ssl_dhparam /etc/ssl/dh.pem;
    access_log /srv/log/access.log;
    location / { proxy_pass http://app; }
  }
}`;

  test.concurrent('the machine has what the configuration wants of it', async () => {
    const answer = await nginxTest(`user deploy web;${tls}`);
    expect(answer).toMatchObject({ accepted: true, messages: [] });
    expect(answer.given.toSorted()).toEqual([
      'certificate /etc/ssl/dh.pem',
      'certificate /etc/ssl/lb.key',
      'certificate /etc/ssl/lb.pem',
      'folder /srv/log',
      'group web',
      'host app1.internal',
      'host app2',
      'user deploy',
    ]);
  });

  test.concurrent('unless it is not to be given', async () => {
    const { accepted, messages } = await nginxTest(tls, { give: false });
    expect(accepted).toBe(false);
    expect(messages.at(-1)).toEqual({
      level: 'emerg',
      text: 'host not found in upstream "app1.internal:8080"',
      file: 'nginx.conf',
      line: 4,
    });
  });

  test.concurrent('with addresses of its own, it can bind no others', async () => {
    const listen = (address: string) => `events {}\nhttp { server { listen ${address}:80; } }`;
    const options = { addresses: ['192.0.2.1/24'] };
    expect((await nginxTest(listen('192.0.2.1'), options)).accepted).toBe(true);
    const { accepted, messages } = await nginxTest(listen('192.0.2.100'), options);
    expect(accepted).toBe(false);
    expect(messages[0]?.text).toMatch(/^bind\(\) to 192\.0\.2\.100:80 failed \(99/);
  });

  test.concurrent('modules and the files of the package are there', async () => {
    const stream = 'stream { server { listen 53 udp; proxy_pass 192.0.2.1:53; } }';
    const config = `events {}\nhttp { include mime.types; include conf.d/*.conf; }\n${stream}`;
    const files = { 'nginx.conf': config, 'conf.d/a.conf': 'server { oops; }' };
    expect(await nginxTest(files)).toMatchObject({
      accepted: false,
      messages: [{ level: 'emerg', text: 'unknown directive "oops"', file: 'conf.d/a.conf', line: 1 }],
    });
    expect((await nginxTest({ ...files, 'conf.d/a.conf': '' })).accepted).toBe(true);
  });

  test.concurrent('warnings are heard, and do not refuse', async () => {
    const server = 'server { listen 80; server_name a; }';
    const { accepted, messages } = await nginxTest(`events {}\nhttp { ${server} ${server} }`);
    expect(accepted).toBe(true);
    expect(messages).toMatchObject([
      { level: 'warn', text: 'conflicting server name "a" on 0.0.0.0:80, ignored' },
    ]);
  });

  test('many at once do not disturb each other, and leave nothing behind', async () => {
    const mounts = () => readFileSync('/proc/self/mounts', 'utf8').split('\n').length;
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`lbcheck-${process.pid}-`));
    const before = mounts();
    const ask = (_: unknown, i: number) => nginxTest(`events {}\nhttp { server { listen 80; oops${i}; } }`);
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.map((a) => a.messages[0]?.text)).toEqual(
      answers.map((_, i) => `unknown directive "oops${i}"`),
    );
    expect(mounts()).toBe(before);
    expect(folders()).toEqual([]);
  });
});
