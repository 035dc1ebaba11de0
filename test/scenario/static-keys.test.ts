import { describe, expect, it } from 'vitest';
import { createPopulation } from '../../src/scenario/expand.ts';
import { toHex } from '../../src/ike/wire/octets.ts';
import { firstComplaint, scenarioOf } from './sample.ts';

const AES_KEY = '00112233445566778899aabbccddeeff';
const HMAC_KEY = AES_KEY + AES_KEY;
const PLANT = `name: plant
peers:
  branch:
    addresses: 10.2.0.1
    local-network: 10.20.0.0/24
    remote-network: 10.78.0.0/16
    ping: {}
    static-keys:
      out: { spi: 0x10000001, encryption-key: '${AES_KEY}', integrity-key: '${HMAC_KEY}' }
      back: { spi: 0x10000002, encryption-key: '${AES_KEY}', integrity-key: '${HMAC_KEY.toUpperCase()}' }
  others:
    count: 3
    addresses: 10.3.0.0/24
    ping: {}
    static-keys: { secret: 'of {number}' }
  gate:
    role: gateway
    addresses: 192.0.2.1
    psk: unused
connections:
  - { from: branch, to: gate }
  - { from: others, to: gate }
load: { executor: storm }
`;
const GATE = 4;

function bend(from: string, to: string): string {
  if (!PLANT.includes(from)) throw new Error(`there is no ${from}`);
  return PLANT.replace(from, to);
}

describe('keys by hand in a scenario', () => {
  const population = createPopulation(scenarioOf(PLANT));
  const callers = population.staticCallersOf(GATE);

  it('are given with their SPIs, for both directions', () => {
    const keys = population.staticKeyingOf(0)?.keys;
    if (keys?.type !== 'given') throw new Error('they are made');
    expect(toHex(keys.out.spi)).toBe('10000001');
    expect(toHex(keys.back.spi)).toBe('10000002');
    expect(toHex(keys.back.encryptionKey)).toBe(AES_KEY);
    expect(toHex(keys.back.integrityKey)).toBe(HMAC_KEY);
  });

  it('are known at the other end by the SPI, given or made', () => {
    expect(callers?.pairOf(0x1000_0001)).toBe(0);
    expect(callers?.keyingOf(0)).toMatchObject({ isInitiator: false, keys: { type: 'given' } });
    // Pair 2, first generation, from the initiator.
    expect(callers?.pairOf(0x300)).toBe(2);
    expect(callers?.keyingOf(2)).toMatchObject({ isInitiator: false, keys: { type: 'derived' } });
    const other = callers?.pairOf(0x1000_0002);
    expect(other === undefined ? undefined : callers?.keyingOf(other)).toBeUndefined();
  });

  it('need no encryption key where nothing is encrypted', () => {
    const text = PLANT.replaceAll(`encryption-key: '${AES_KEY}', `, '').replace(
      'remote-network:',
      'esp: [null-sha256]\n    remote-network:',
    );
    const keys = createPopulation(scenarioOf(text)).staticKeyingOf(0)?.keys;
    expect(keys).toMatchObject({ type: 'given', out: { encryptionKey: new Uint8Array(0) } });
  });

  const short = AES_KEY.slice(2);
  const cases: [string, string, string][] = [
    [
      'neither secret nor keys',
      bend("{ secret: 'of {number}' }", '{}'),
      'others.static-keys: there are no keys',
    ],
    [
      'one direction alone',
      bend('      back:', '      # back:'),
      'branch.static-keys: keys of one direction only: back is missing\n  hint: add back',
    ],
    [
      'a secret as well',
      bend('      out:', '      secret: s\n      out:'),
      'static-keys.secret: keys are either made from a secret or given\n  hint: remove secret, or out and back',
    ],
    [
      'a change of given keys',
      bend('      out:', '      change-every: 1h\n      out:'),
      'static-keys.change-every: keys that are given cannot change',
    ],
    [
      'more than one pair',
      bend('addresses: 10.2.0.1', 'count: 2\n    addresses: 10.2.0.0/24'),
      'given keys are those of one pair, and the group has 2 peers\n  hint: write count: 1',
    ],
    [
      'a key that is too short',
      bend(`encryption-key: '${AES_KEY}'`, `encryption-key: '${short}'`),
      'static-keys.out.encryption-key: aes128-sha256 takes a key of 16 octets, this one has 15\n  hint: write 32 hex digits',
    ],
    [
      'a key that is missing',
      bend(`encryption-key: '${AES_KEY}', `, ''),
      'static-keys.out.encryption-key: aes128-sha256 takes a key of 16 octets, there is none',
    ],
    [
      'a key of another algorithm',
      bend(`integrity-key: '${HMAC_KEY}'`, `integrity-key: '${AES_KEY}'`),
      'static-keys.out.integrity-key: aes128-sha256 takes a key of 32 octets, this one has 16\n  hint: write 64 hex digits',
    ],
    [
      'an encryption key for nothing',
      bend('remote-network:', 'esp: [null-sha256]\n    remote-network:'),
      'static-keys.out.encryption-key: null-sha256 takes no such key\n  hint: remove it',
    ],
    ['no hex', bend(`'${AES_KEY}'`, "'correct horse'"), 'expected 1 to 128 octets in hex'],
    ['a reserved SPI', bend('0x10000001', '255'), 'spi: expected a whole number from 256 to'],
    [
      'an SPI that may be made from a secret',
      bend('0x10000001', '0x2ff'),
      'static-keys.out.spi: group "others" may come to have this SPI, made from its secret\n  hint: choose one from 0x600',
    ],
    [
      'an SPI that another group has',
      PLANT.replace(
        'connections:',
        `  twin:
    addresses: 10.4.0.1
    ping: {}
    static-keys:
      out: { spi: 0x10000001, encryption-key: '${AES_KEY}', integrity-key: '${HMAC_KEY}' }
      back: { spi: 0x10000003, encryption-key: '${AES_KEY}', integrity-key: '${HMAC_KEY}' }
connections:
  - { from: twin, to: gate }`,
      ),
      'static-keys.out.spi: group "twin" has this SPI at the same end\n  hint: choose another one',
    ],
  ];

  it.each(cases)('%s is refused', (_what, text, message) => {
    expect(firstComplaint(text)).toContain(message);
  });
});
