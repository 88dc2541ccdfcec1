/** What a finding is about, and the key by which it is known again. */
import { describe, expect, it } from 'vitest';
import { check, type Diagnostic, memory } from '../src/index.ts';

const diagnostics = (files: Readonly<Record<string, string>>, paths = ['.']): readonly Diagnostic[] =>
  check(paths, { fs: memory(files) }).diagnostics;

const objects = (files: Readonly<Record<string, string>>): string[] =>
  diagnostics(files).map(({ rule, object }) => `${rule}: ${object()}`);

function keys(files: Readonly<Record<string, string>>, paths = ['.']): string[] {
  const { diagnostics, keyOf } = check(paths, { fs: memory(files) });
  return diagnostics.map(keyOf).sort();
}

const instance = (id: number, more = ''): string => `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id ${id}
    priority 100
    ${more}
    authentication {
        auth_type PASS
        auth_pass Zq9xSecret
    }
    virtual_ipaddress {
        10.0.0.100/24
        10.0.0.300/24
    }
}
`;

describe('object', () => {
  it('is the way through the blocks', () => {
    expect(objects({ 'keepalived.conf': instance(51) })).toContain(
      'address-typo: vrrp_instance VI_1 > virtual_ipaddress > 10.0.0.300/24',
    );
    const nginx = `events {}
http {
    server {
        listen 80;
        server_name example.org www.example.org;
        location /a { proxy_passs http://127.0.0.1; }
    }
    server { listen 8080; nonsense on; }
}
`;
    expect(objects({ 'nginx.conf': nginx })).toEqual(
      expect.arrayContaining([
        'unknown-directive: http > server example.org > location /a > proxy_passs',
        'unknown-directive: http > server 8080 > nonsense',
      ]),
    );
  });

  it('goes through an include', () => {
    const files = {
      'keepalived.conf': 'vrrp_instance VI_1 {\n    include more.inc\n    interface eth0\n}\n',
      'more.inc': 'virtual_router_id 51\nnonsense here\n',
    };
    expect(
      diagnostics(files, ['keepalived.conf']).map(({ file, line, object }) => ({
        file,
        line,
        object: object(),
      })),
    ).toContainEqual({ file: 'more.inc', line: 2, object: 'vrrp_instance VI_1 > nonsense' });
  });

  it('is empty for what stands in no block', () => {
    expect(objects({ 'keepalived.conf': '\n' })).toEqual(['empty-configuration: ']);
    expect(objects({ 'nginx.conf': 'events {}\n}\n' })).toContain('stray-brace: ');
  });

  it('hides secrets and ends somewhere', () => {
    const glued = instance(51).replace('auth_pass Zq', 'auth_passZq');
    const deep = 'a {\n'.repeat(200) + 'x'.repeat(5000);
    for (const { object } of diagnostics({ 'a/keepalived.conf': glued, 'b/keepalived.conf': deep })) {
      expect(object()).not.toContain('Secret');
      expect(object().length).toBeLessThan(1000);
    }
  });
});

describe('key', () => {
  const pair = { 'lb1/keepalived.conf': instance(51), 'lb2/keepalived.conf': instance(52) };
  const known = keys(pair);

  it('is another for every finding', () => {
    const twice = {
      'keepalived.conf': `${'nonsense here\n'.repeat(3)}a b\nvrrp_instance x {\n a b\n a b\n}\n`,
    };
    for (const list of [known, keys(twice)]) {
      expect(list.length).toBeGreaterThan(4);
      expect(new Set(list).size).toBe(list.length);
    }
  });

  it('stays when lines move, indentation changes, and nodes come in another order', () => {
    const moved = Object.fromEntries(
      Object.entries(pair).map(([path, text]) => [
        path,
        `${'# ten lines\n'.repeat(10)}${text.replaceAll('    ', '\t')}`,
      ]),
    );
    expect(keys(moved)).toEqual(known);
    expect(keys(pair, ['lb2', 'lb1'])).toEqual(known);
    const three = { ...pair, 'lb3/keepalived.conf': instance(51) };
    expect(keys(three, ['lb3', 'lb2', 'lb1'])).toEqual(keys(three, ['lb1', 'lb2', 'lb3']));
  });

  it('changes with the node, the object and the line', () => {
    const one = keys({ 'lb1/keepalived.conf': instance(51) });
    expect(keys({ 'lb9/keepalived.conf': instance(51) })).not.toEqual(one);
    expect(keys({ 'lb1/keepalived.conf': instance(51).replace('VI_1', 'VI_2') })).not.toEqual(one);
    expect(keys({ 'lb1/keepalived.conf': instance(51).replace('.300', '.301') })).not.toEqual(one);
  });

  it('holds no secret', () => {
    for (const key of known) expect(key).not.toContain('Zq9x');
  });
});
