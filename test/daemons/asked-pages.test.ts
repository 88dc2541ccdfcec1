// What health checks get of nginx: a check that is said to fail always must fail, and one that succeeds must not be told of.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check, memory } from '../../src/index.ts';
import { describeWith } from './harness.ts';
import { environment, inside, run, space } from './netns.ts';

const servers = `
server {
    listen 8080;
    location = /healthz { return 204; }
    location /docs/ { return 200 "docs"; }
    location ~ \\.txt$ { return 200 "text"; }
}
server {
    listen 127.0.0.1:8081 default_server;
    server_name a.example;
    location / { return 503; }
}
server {
    listen 127.0.0.1:8081;
    server_name localhost;
    location = /ready { return 204; }
}
server {
    listen 10.98.0.1:8082;
    location = /own { return 204; }
}
server {
    listen 8443 ssl;
    ssl_certificate CERT;
    ssl_certificate_key KEY;
    location = /healthz { return 204; }
}
`;

/** Checks, and whether they are told of. */
const checks: readonly (readonly [command: string, isTold: boolean])[] = [
  ['curl -sf http://127.0.0.1:8080/healthz', false],
  ['curl -sf http://localhost:8080/docs/a', false],
  ['curl -sf http://127.0.0.1:8080/x.txt', false],
  ['curl -sf http://127.0.0.1:8080/health', true],
  ['curl -s http://127.0.0.1:8080/health', false],
  ['wget -q -O /dev/null http://127.0.0.1:8080/health', true],
  ['wget -q -O /dev/null http://127.0.0.1:8080/healthz', false],
  ['curl -fsS -o /dev/null --max-time 1 http://localhost:8081/ready', false],
  ['curl -fsS -o /dev/null --max-time 1 http://localhost:8081/other', true],
  ['curl -sf http://127.0.0.1:8082/own', true],
  ['curl -s http://127.0.0.1:9000/healthz', true],
  ['curl -s https://127.0.0.1:8080/healthz', true],
  ['curl -sfk https://127.0.0.1:8443/healthz', false],
  ['curl -sfk https://127.0.0.1:8443/health', true],
  ['curl -sf http://127.0.0.1:8443/healthz', true],
];

describeWith(['nginx', 'ip', 'openssl', 'curl', 'wget'], 'what checks ask nginx for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lbcheck-asked-'));
  const http = servers.replace('CERT', join(folder, 'cert')).replace('KEY', join(folder, 'key'));
  let nginx: ChildProcess;

  const succeeds = (command: string): boolean =>
    spawnSync('ip', ['netns', 'exec', space('w'), ...command.split(' ')], { env: environment, timeout: 5000 })
      .status === 0;
  const isTold = (command: string): boolean =>
    check(['.'], {
      fs: memory({
        'keepalived.conf': `vrrp_script chk {\n    script "/usr/bin/${command}"\n}\n`,
        'nginx.conf': `events {}\nhttp {${http}}\n`,
      }),
    }).diagnostics.some(({ rule }) => rule === 'check-not-served');

  beforeAll(async () => {
    run(`ip netns add ${space('w')}`);
    inside('w', 'ip link set lo up');
    inside('w', 'ip addr add 10.98.0.1/32 dev lo');
    run(
      `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=t -days 1 -out ${folder}/cert -keyout ${folder}/key`,
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (each) => `${each}_temp_path ${folder}/${each};`,
    );
    writeFileSync(
      join(folder, 'nginx.conf'),
      `user root; daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/log; events {} http { access_log off; ${temporary.join(' ')} ${http} }`,
    );
    nginx = spawn(
      'ip',
      ['netns', 'exec', space('w'), 'nginx', '-p', folder, '-c', join(folder, 'nginx.conf')],
      {
        env: environment,
        stdio: 'ignore',
      },
    );
    for (let tries = 0; tries < 100 && !succeeds(checks[0]![0]); tries++) await setTimeout(100);
  }, 30_000);

  afterAll(() => {
    nginx.kill('SIGKILL');
    run(`ip netns del ${space('w')}`);
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(checks)('%s', (command, told) => {
    expect(isTold(command)).toBe(told);
    // Without an option that minds the status, an error is a success to curl.
    expect(succeeds(command)).toBe(!told);
  });
});
