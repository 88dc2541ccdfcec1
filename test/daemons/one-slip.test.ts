/**
 * One slip at a time in a file that keepalived and lbcheck are content with: keepalived complains, and all that lbcheck
 * reports lies on the line of the slip, or on the line that the slip robs of its meaning.
 */
import { expect, it } from 'vitest';
import { check, memory, parseVersion } from '../../src/index.ts';
import { daemonVersion, describeWith, keepalivedTest } from './harness.ts';

const interfaces = {
  eth0: ['192.0.2.1/24'],
  eth1: ['198.51.100.1/24'],
  eth2: ['203.0.113.1/24'],
};

const sound = `global_defs {
    router_id lb1
    enable_script_security
    script_user root
    notification_email {
        ops@example.com
    }
    notification_email_from lb1@example.com
    smtp_server 192.0.2.25
    smtp_connect_timeout 30
}
vrrp_script chk_web {
    script "/usr/bin/true"
    interval 2
    weight -20
    fall 2
    rise 2
}
vrrp_track_process nginx {
    process nginx
    weight 10
}
vrrp_sync_group SITE {
    group {
        OUTER
        INNER
    }
}
vrrp_instance OUTER {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass k9-Vrx2q
    }
    unicast_src_ip 192.0.2.1
    unicast_peer {
        192.0.2.2
    }
    virtual_ipaddress {
        192.0.2.10/24 dev eth0 label eth0:vip
    }
    smtp_alert
}
vrrp_instance INNER {
    state BACKUP
    interface eth1
    virtual_router_id 52
    priority 150
    virtual_ipaddress {
        198.51.100.10/24
    }
    virtual_routes {
        10.9.0.0/16 via 198.51.100.7 dev eth1
    }
    virtual_rules {
        from 10.9.0.0/16 table 100 preference 200
    }
}
vrrp_instance WEB {
    state BACKUP
    interface eth2
    virtual_router_id 53
    priority 150
    preempt_delay 60
    track_script {
        chk_web
    }
    track_process {
        nginx
    }
    track_interface {
        eth1 weight -10
    }
    virtual_ipaddress {
        203.0.113.10/24
    }
}
virtual_server 203.0.113.10 80 {
    delay_loop 6
    lb_algo wrr
    lb_kind NAT
    protocol TCP
    persistence_timeout 300
    sorry_server 10.0.0.9 80
    real_server 10.0.0.1 80 {
        weight 3
        HTTP_GET {
            url {
                path /health
                status_code 200
            }
            connect_timeout 3
            retry 2
        }
    }
    real_server 10.0.0.2 80 {
        weight 3
        TCP_CHECK {
            connect_timeout 3
            connect_port 80
        }
    }
}
`;

/** What stands in the sound file, what stands there instead, and what is on the line of the cause where that is another. */
type Slip = readonly [from: string, to: string, cause?: string];

const slips: readonly Slip[] = [
  // Braces and marks
  ['vrrp_script chk_web {', 'vrrp_script chk_web'],
  ['rise 2\n}', 'rise 2', 'vrrp_script chk_web {'],
  ['unicast_peer {\n        192.0.2.2\n    }', 'unicast_peer {\n        192.0.2.2', 'unicast_peer {'],
  ['rise 2\n}', 'rise 2\n}\n}', '}\nvrrp_track_process'],
  ['router_id lb1', '// router_id lb1'],
  ['router_id lb1', '; router_id lb1'],
  ['router_id lb1', 'router_id lb1 }'],
  ['router_id lb1', 'router_id lb1 {'],
  ['notification_email {', '{'],
  ['authentication {', '{'],
  ['interface eth1', 'interface eth1:0'],
  ['unicast_src_ip 192.0.2.1', 'unicast_src_ip 192.0.2.1 {'],
  ['script "/usr/bin/true"', 'script "/usr/bin/true'],
  ['global_defs {', '```\nglobal_defs {', '```'],
  ['vrrp_instance INNER {', '<<<<<<< HEAD\nvrrp_instance INNER {', '<<<<<<< HEAD'],
  // Keywords
  ['router_id lb1', 'router-id lb1'],
  ['router_id lb1', 'lvs_id lb1'],
  ['enable_script_security', 'script_security'],
  ['smtp_connect_timeout 30', 'smtp_connection_timeout 30'],
  ['fall 2', 'fail 2'],
  ['vrrp_instance WEB {', 'vrrp_instace WEB {'],
  ['advert_int 1', 'advert_interval 1'],
  ['preempt_delay 60', 'prempt_delay 60'],
  ['authentication {', 'authentification {'],
  ['lb_algo wrr', 'lb _algo wrr'],
  ['persistence_timeout 300', 'nat_mask 255.255.255.0'],
  ['connect_timeout 3\n            connect_port 80', 'nb_get_retry 3\n            connect_port 80'],
  ['smtp_connect_timeout 30', 'priority 100'],
  ['advert_int 1', 'smtp_server 192.0.2.25'],
  ['weight -10', 'wieght -10'],
  ['HTTP_GET {', 'HTTP_CHECK {'],
  // Values
  ['state BACKUP\n    interface eth0', 'state SLAVE\n    interface eth0'],
  ['state BACKUP\n    interface eth0', 'state backup\n    interface eth0'],
  ['virtual_router_id 51', 'virtual_router_id 300'],
  ['virtual_router_id 51', 'virtual_router_id'],
  ['priority 150\n    advert_int', 'priority 256\n    advert_int'],
  ['priority 150\n    advert_int', 'priority high\n    advert_int'],
  ['advert_int 1', 'advert_int 1s'],
  ['advert_int 1', 'advert_int 0.5'],
  ['auth_type PASS', 'auth_type SHA'],
  ['auth_pass k9-Vrx2q', 'auth_pass k9-Vrx2qLonger'],
  ['interval 2', 'interval 0'],
  ['weight -20', 'weight -300'],
  ['lb_algo wrr', 'lb_algo loadbalance'],
  ['lb_kind NAT', 'lb_kind nat'],
  ['persistence_timeout 300', 'persistence_timeout 0'],
  ['protocol TCP', 'protocol HTTP'],
  ['connect_port 80', 'connect_port 70000'],
  ['status_code 200', 'status_code 20'],
  ['smtp_server 192.0.2.25', 'smtp_server mail..example'],
  ['delay_loop 6', 'delay_loop six'],
  ['weight 3\n        TCP_CHECK', 'weight many\n        TCP_CHECK'],
  // Addresses, interfaces, routes
  ['192.0.2.10/24 dev eth0', '192.0.2.310/24 dev eth0'],
  ['192.0.2.10/24 dev eth0', '192.0.2.10/24 dve eth0'],
  ['203.0.113.10/24\n', '203.0.113.10/33\n'],
  ['203.0.113.10/24\n', 'web.example.com\n'],
  ['198.51.100.10/24', '198.51.100.10/24\n        2001:db8::10/64', '2001:db8::10/64'],
  ['        192.0.2.2\n', '        192.0.2.\n'],
  ['192.0.2.2\n    }', '2001:db8::2\n    }'],
  ['unicast_src_ip 192.0.2.1', 'unicast_src_ip eth0'],
  ['via 198.51.100.7 dev eth1', 'via 198.51.100.7'],
  ['via 198.51.100.7 dev eth1', 'gw 198.51.100.7 dev eth1'],
  ['table 100 preference 200', 'preference 200'],
  ['table 100 preference 200', 'table 100'],
  ['real_server 10.0.0.2 80', 'real_server 10.0.0.2:80'],
  ['virtual_server 203.0.113.10 80 {', 'virtual_server 203.0.113.10:80 {'],
  ['real_server 10.0.0.2 80', 'real_server 10.0.0 80'],
  ['sorry_server 10.0.0.9 80', 'sorry_server backup 80'],
  // What belongs together
  ['chk_web\n    }', 'chk_wbe\n    }'],
  ['track_process {\n        nginx', 'track_process {\n        haproxy', 'haproxy'],
  ['OUTER\n        INNER', 'OUTER\n        INER'],
  ['OUTER\n        INNER', 'OUTER', 'vrrp_sync_group SITE {'],
  ['eth1 weight -10', 'eth2', 'eth2\n    }\n    virtual_ipaddress'],
  ['virtual_router_id 52', 'virtual_router_id 52\n    nopreempt\n    preempt_delay 60', 'preempt_delay 60'],
  ['state BACKUP\n    interface eth2', 'state MASTER\n    interface eth2', 'preempt_delay 60'],
  ['virtual_router_id 53\n', '', 'vrrp_instance WEB {'],
  ['interface eth2\n', '', 'vrrp_instance WEB {'],
  ['vrrp_instance WEB {', 'vrrp_instance INNER {'],
  ['real_server 10.0.0.2 80', 'real_server 10.0.0.1 80'],
  ['unicast_peer {\n        192.0.2.2\n    }', 'unicast_peer {\n    }', 'unicast_peer {'],
  ['script "/usr/bin/true"\n', '', 'vrrp_script chk_web {'],
  ['process nginx\n', '', 'vrrp_track_process nginx {'],
];

const cases = slips.map(([from, to, cause]) => ({ from, to, cause }));

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

describeWith(['keepalived'], 'one slip', () => {
  it('is not in the sound file', async () => {
    expect((await keepalivedTest(sound, { interfaces })).messages).toEqual([]);
    expect(reported(sound)).toEqual([]);
  });

  it.skipIf(daemonVersion('keepalived') !== '2.2.7').each(cases)(
    '$from → $to',
    async ({ from, to, cause }) => {
      const at = sound.indexOf(from);
      expect(at).toBeGreaterThanOrEqual(0);
      const text = sound.slice(0, at) + to + sound.slice(at + from.length);
      // The slip is where the two texts part, unless it is said to be elsewhere.
      const parts = [...text].findIndex((letter, index) => letter !== sound[index]);
      const causeAt =
        cause === undefined
          ? parts
          : text.indexOf(cause, cause.startsWith('vrrp_') ? 0 : Math.min(at, parts));
      expect(causeAt).toBeGreaterThanOrEqual(0);

      const { code, messages } = await keepalivedTest(text, { interfaces });
      expect(messages.length > 0 || code !== 0, 'keepalived is silent').toBe(true);
      const found = reported(text);
      expect(
        found.map(({ line }) => line),
        found.map(({ words }) => words).join('\n'),
      ).toEqual([lineOf(text, causeAt)]);
    },
  );
});

function reported(text: string): { line: number; words: string }[] {
  const report = check(['keepalived.conf'], {
    fs: memory({ 'keepalived.conf': text }),
    versions: { keepalived: parseVersion('2.2.7'), nginx: undefined },
  });
  expect(report.internalErrors).toEqual([]);
  return report.diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ line, rule, message }) => ({ line, words: `${line} ${rule}: ${message}` }));
}
