/** What nginx takes for a value, without a daemon to ask. */
import { describe, expect, it } from 'vitest';
import { parseNginx } from '../grammar/nginx/index.ts';
import { source } from '../grammar/text.ts';
import { addressFault } from '../src/model/nginx/address.ts';
import { conditionFault } from '../src/model/nginx/condition.ts';
import { regexFault } from '../src/model/nginx/regex-fault.ts';
import { meantValue, networkFault, rejection } from '../src/model/nginx/values.ts';

describe('a slot', () => {
  it.each([
    ['size', ['0', '512', '8k', '1M'], ['1g', '1.5m', '10mb', '-1', '', '8 k']],
    ['offset', ['1g', '2G', '0'], ['1t', '1kb']],
    [
      'msec',
      ['60', '500ms', '1h30m', '1h 30m', '1d', '1w2d', '10s 500ms'],
      ['1min', '1M', '5m 5h', '1.5s', ''],
    ],
    ['sec', ['60', '1M', '1y', '1h 30m', '0'], ['1ms', '1min', '1s 1m']],
    ['flag', ['on', 'OFF'], ['yes', 'true', '1']],
    ['rate', ['1r/s', '30r/m'], ['0r/s', '5/s', '1r/h']],
    ['levels', ['', '1', '1:2', '2:2:2'], ['3', '1:2:1:1']],
  ])('%s takes what it should', (type, good, bad) => {
    expect(good.filter((text) => rejection(text, { type }) !== undefined)).toEqual([]);
    expect(bad.filter((text) => rejection(text, { type }) === undefined)).toEqual([]);
  });

  it.each([
    ['size', '10mb', '10m'],
    ['size', '1.5k', '1536'],
    ['size', '1g', '1024m'],
    ['offset', '2GB', '2g'],
    ['msec', '65sec', '65s'],
    ['msec', '1.5s', '1500ms'],
    ['sec', '1min', '1m'],
    ['flag', 'yes', 'on'],
    ['flag', 'disable', 'off'],
    ['msec', 'soon', undefined],
  ])('of type %s: %s was meant as %s', (type, text, meant) => {
    expect(meantValue(text, { type })).toBe(meant);
  });
});

describe('an address', () => {
  it.each(['80', '8000-8010', '*:80', '[::]:80', '10.0.0.1', 'unix:/x', 'localhost:80', '$x'])(
    'to listen on: %s',
    (text) => {
      expect(addressFault(text, { listen: true, defaultPort: true })).toBeUndefined();
    },
  );

  it.each([
    ['10.0.0.300:80', 'is no IPv4 address'],
    ['10.0.0.1OO:80', 'is no IPv4 address'],
    ['::1:80', 'is an IPv6 address without brackets'],
    ['[::1', 'has no ]'],
    ['a:99999', 'has a port outside 1 to 65535'],
    ['a:http', 'has no number for a port'],
    ['http://a', 'has a scheme, and only an address can stand here'],
    ['a', 'has no port'],
  ])('%s %s', (text, fault) => {
    expect(addressFault(text, {})).toBe(fault);
  });

  it('of a network has no bits beyond its prefix', () => {
    expect(['10.0.0.0/8', '10.0.0.1', '::/0', '10.0.0.0/33', 'x'].map(networkFault)).toEqual([
      undefined,
      undefined,
      undefined,
      'invalid',
      'invalid',
    ]);
    expect(networkFault('192.168.7.9/23')).toEqual({
      says: '192.168.7.9/23 means 192.168.6.0/23: bits beyond the prefix do not count',
      meant: '192.168.6.0/23',
      isDoubtful: false,
    });
    // Rather the prefix is what is wrong.
    expect(networkFault('10.20.0.0/2')).toMatchObject({ meant: '0.0.0.0/2', isDoubtful: true });
  });

  it('of a network leaves no part out', () => {
    for (const [text, meant] of [
      ['10.0.0.', '10.0.0.0'],
      ['10..0.1/32', '10.0.0.1/32'],
      ['...', '0.0.0.0'],
    ] as const) {
      expect(networkFault(text)).toEqual({ says: `${text} means ${meant}: what is left out counts as 0` });
    }
    expect(networkFault('10.0.0')).toBe('invalid');
    expect(networkFault('10.0.0./33')).toBe('invalid');
  });
});

describe('a pattern', () => {
  it.each([
    '^(a|b)$',
    '[]a]',
    '[^]()]',
    '\\(',
    '(?i)x',
    'a++',
    '(?:a)*?',
    '[[:alpha:](]',
    '(?=a)*',
    '\\Q(\\E',
    '(*UTF8)(*UCP)[\\x{4e00}-\\x{9fa5}]',
    'a(*SKIP)(*F)|b',
    '(*nla:a+)b',
    '(?<=[*+])a+',
    '(?<=a(?=b+))c*',
    '(?<=a|bc)x',
    'a(?#one or none)?',
    '(?)(?-i)(?^)a',
    '(?s-i:a)',
    '(a)(?(1)b|c)\\g{-1}',
    '(a(?R)?b)',
    '\\o{101}\\pL\\p{Lu}',
    '(?x)(a|b)c',
  ])('%s compiles', (text) => {
    expect(regexFault(text)).toBeUndefined();
  });

  it.each([
    ['(a', 'has ( without )'],
    ['a)', 'has ) without ('],
    ['*.php', 'has * with nothing before it to repeat'],
    ['a|+', 'has + with nothing before it to repeat'],
    ['^*', 'has * with nothing before it to repeat'],
    ['a**', 'has * with nothing before it to repeat'],
    ['a{2}{3}', 'has {3} with nothing before it to repeat'],
    ['a{3,1}', 'has {3,1}, which runs backwards'],
    ['a{70000}', 'has {70000}: at most 65535'],
    ['[a', 'has [ without ]'],
    ['[z-a]', 'has z-a, a range that runs backwards'],
    ['[:alpha:]', 'has [:alpha:], which stands only within [ ]'],
    ['[[:alhpa:]]', 'has [:alhpa:], which PCRE does not know'],
    ['a\\', 'ends in a backslash'],
    ['(a)\\2', 'refers to a group 2, which it does not have'],
    ['(?P<a>x)(?P=b)', 'refers to a group b, which it does not have'],
    ['(?<a>x)|(?<a>y)', 'names two groups a'],
    ['(?<sub-domain>x)', 'names a group sub-domain, which is no name'],
    ['(?z)a', 'has (?z), and PCRE knows no flag z'],
    ['\\Lx', 'has \\L, which PCRE does not support'],
    ['\\.(*jpg|*.png)$', 'has (*jpg, which PCRE does not know here'],
    ['\\.(*.jpg)$', 'has * with nothing before it to repeat'],
    ['a(*UTF)', 'has (*UTF, which PCRE does not know here'],
    ['(?<=a+)x', 'has + in a look-behind, which must have an end'],
    ['(*nlb:a{2,})x', 'has {2,} in a look-behind, which must have an end'],
    ['[\\x{4e00}-\\x{9fa5}]', 'has \\x{4e00}, a code above ff, without (*UTF) at its beginning'],
    ['\\400', 'has \\400, a code above 377'],
    ['\\p{Lu', 'has \\p without a property'],
    ['(?Pa)', 'has (?Pa, which PCRE does not know'],
    ['(?Gabc)', 'has (?Gabc), and PCRE knows no flag G'],
    ['(?id>[0-9]+)', 'has (?id>, and PCRE knows no flag d'],
    ['(?i>a)', 'has (?i>, which PCRE does not know'],
    ['(?i--s)a', 'has (?i--s), which PCRE does not know'],
    ['(?>+a)', 'has + with nothing before it to repeat'],
    ['a(?#note', 'has (?# without )'],
    ['(?(1)a|b)', 'refers to a group 1, which it does not have'],
    ['(a)\\g{-2}', 'refers to a group -2, which it does not have'],
    ['\\o{8}', 'has \\o{8}, which is no code'],
    ['\\php$', 'has \\p without a property'],
  ])('%s does not: it %s', (text, says) => {
    expect(regexFault(text)).toEqual({ says });
  });

  it.each([
    ['[\\w-.]', 'has \\w-., and no range can begin or end so'],
    ['\\y', 'has \\y, which PCRE does not know'],
    ['\\x{4e0', 'has \\x{4e0, which is no code'],
  ])('%s does not with PCRE2', (text, says) => {
    expect(regexFault(text)).toEqual({ says, since: '1.21.5' });
  });
});

describe('a condition', () => {
  const fault = (text: string): string | undefined =>
    conditionFault(parseNginx(source('x', `if ${text} { }`)).items[0]!.args)?.says;

  it.each(['($a)', '( $a = "x y" )', '($a != x)', '($a ~* "(b|c)")', '(!-e $f)', '($a !~ ^x$)', '($a = "")'])(
    '%s is one',
    (text) => {
      expect(fault(text)).toBeUndefined();
    },
  );

  it.each([
    ['$a', 'a condition begins with ('],
    ['($a == b)', 'nginx compares with =, not =='],
    ['($a = b && $c)', 'if tests one condition, && does not join two'],
    ['($a=b)', 'blanks are missing around = in the condition'],
    ['(a = b)', 'a is neither a variable nor a test such as -f'],
    ['(-z $a)', '-z tests nothing; there are -f, -d, -e and -x'],
    ['($a = b c)', 'the value of a condition is one word; quote it'],
  ])('%s: %s', (text, says) => {
    expect(fault(text)).toBe(says);
  });
});
