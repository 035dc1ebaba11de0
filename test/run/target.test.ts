import { describe, expect, it } from 'vitest';
import { isPrivateAddress, parseTarget, resolveTarget } from '../../src/run/target.ts';

describe('a target', () => {
  it.each([
    ['gw.example', { host: 'gw.example' }],
    ['127.0.0.1:1500', { host: '127.0.0.1', port: 1500 }],
    ['::1', { host: '::1' }],
    ['[2001:db8::1]:4500', { host: '2001:db8::1', port: 4500 }],
    ['[::1]', { host: '::1' }],
  ])('is parsed: %s', (text, expected) => {
    expect(parseTarget(text)).toEqual(expected);
  });

  it.each(['', 'a:b', 'host:0', 'host:65536', '[127.0.0.1]:500', '[::1]x', '1:2:3', 'a b'])(
    'is refused when malformed: %j',
    (text) => {
      expect(() => parseTarget(text)).toThrow(/is not a target/);
    },
  );

  it.each([
    '127.0.0.1',
    '127.255.1.1',
    '10.0.0.1',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.3.4',
    '::1',
    'fd00::1',
    'fe80::1',
  ])('may be %s without asking', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['192.0.2.1', '172.32.0.1', '11.0.0.1', '2001:db8::1', '::ffff:8.8.8.8'])(
    'may be %s only when allowed',
    async (address) => {
      const text = address.includes(':') ? `[${address}]` : address;
      await expect(resolveTarget(text, false)).rejects.toMatchObject({ kind: 'public' });
      await expect(resolveTarget(text, true)).resolves.toEqual({ address });
    },
  );

  it('is resolved once, by name', async () => {
    const { address, port } = await resolveTarget('localhost:500', false);
    expect(isPrivateAddress(address)).toBe(true);
    expect(port).toBe(500);
  });
});
