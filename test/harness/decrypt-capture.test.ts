import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CipherName, HashName } from '../../src/ike/suite.ts';
import { cipherOf, hashOf } from '../../src/ike/v1/isakmp-sa.ts';
import { derivePhase2Iv } from '../../src/ike/v1/keymat.ts';
import { encodeMessage, payloadsLength } from '../../src/ike/wire/encode.ts';
import { splitIntoFragments } from '../../src/ike/wire/fragment.ts';
import { addNonEspMarker, hasNonEspMarker } from '../../src/ike/wire/non-esp-marker.ts';
import { toHex } from '../../src/ike/wire/octets.ts';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import type { CapturedDatagram } from './capture.ts';
import { decryptCapture, parseKeyTable, resealMessage } from './decrypt-capture.ts';
import type { DecryptedMessage, KeyTable, WalkedMessage } from './decrypt-capture.ts';
import { Pair, suite } from './pair.ts';
import { aes128Sha256X25519 } from './policy.ts';

interface Story {
  readonly datagrams: readonly CapturedDatagram[];
  readonly keys: KeyTable;
}

function datagramOf(octets: Uint8Array, fromInitiator: boolean): CapturedDatagram {
  const port = hasNonEspMarker(octets) ? 4500 : 500;
  const ends = [
    { address: '10.0.0.1', port },
    { address: '10.0.0.2', port },
  ] as const;
  const [source, destination] = fromInitiator ? ends : [ends[1], ends[0]];
  return { source, destination, payload: octets };
}

/** A negotiation of our own peers as somebody captures it. */
function negotiate(initiator: Partial<PeerPolicy> = {}, seed = 1): Story {
  const pair = new Pair({ initiator, responder: { ike: initiator.ike ?? [aes128Sha256X25519] }, seed });
  pair.connect().run();
  expect(pair.hasSucceeded).toBe(true);
  const keys = pair.phase1Keys('initiator');
  return {
    datagrams: pair.sent.map(({ octets, fromInitiator }) => datagramOf(octets, fromInitiator)),
    keys: new Map(keys.map(({ initiatorCookie, cipherKey }) => [toHex(initiatorCookie), cipherKey])),
  };
}

function walk(datagrams: readonly CapturedDatagram[], keys: KeyTable): WalkedMessage[] {
  return decryptCapture(datagrams, keys, suite);
}

/** State and kinds of payloads, or the problem; vendor IDs left out, because peers come to know more of them. */
function kindsOf(message: WalkedMessage): string {
  if (message.state === 'unreadable') return message.problem;
  const kinds = message.payloads.map(({ kind }) => kind).filter((kind) => kind !== 'vendor-id');
  return `${message.state}: ${kinds.join(' ')}`;
}

function decryptedOf(messages: readonly WalkedMessage[]): DecryptedMessage[] {
  return messages.filter((message) => message.state === 'decrypted');
}

const QUICK_MODE = [
  'decrypted: hash security-association nonce',
  'decrypted: hash security-association nonce',
  'decrypted: hash',
];
const MAIN_MODE = [
  'clear: security-association',
  'clear: security-association',
  'clear: key-exchange nonce nat-discovery nat-discovery',
  'clear: key-exchange nonce nat-discovery nat-discovery',
  'decrypted: identification hash',
  'decrypted: identification hash',
];

/** As `repad` wants them: octets that are neither zero nor a padding length. */
function randomLookingPadding(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 73 + 129) & 0xff);
}

interface Resealing {
  /** Blocks of padding more than needed. */
  readonly extraBlocks: number;
  /** Whether the third message of aggressive mode is sent in clear. */
  readonly isThirdClear?: boolean;
}

/** The messages of one SA encrypted anew with other padding, each with the IV that then is right. */
function repad(messages: readonly WalkedMessage[], { extraBlocks, isThirdClear }: Resealing): Uint8Array[] {
  const lastBlocks = new Map<number, Uint8Array>();
  return messages.map((message) => {
    if (message.state === 'unreadable') throw new Error(message.problem);
    if (message.state === 'clear') return message.octets;
    const { sa, header, payloads } = message;
    const { messageId } = header;
    const { blockLength } = cipherOf(sa);
    const phase1Block = lastBlocks.get(0) ?? message.iv;
    lastBlocks.set(0, phase1Block);
    if (messageId === 0 && isThirdClear === true) return encodeMessage({ ...header, flags: 0 }, payloads);
    const iv = lastBlocks.get(messageId) ?? derivePhase2Iv(hashOf(sa), phase1Block, messageId, blockLength);
    const partOfBlock = payloadsLength(payloads) % blockLength;
    const padding = randomLookingPadding((extraBlocks + 1) * blockLength - partOfBlock);
    const octets = resealMessage({ ...message, iv, padding });
    lastBlocks.set(messageId, octets.slice(-blockLength));
    return octets;
  });
}

/** Datagrams with other octets in them, in the same directions. */
function carry(datagrams: readonly CapturedDatagram[], octets: readonly Uint8Array[]): CapturedDatagram[] {
  return datagrams.map((datagram, index) => ({ ...datagram, payload: octets[index] ?? datagram.payload }));
}

function isClear({ payload }: CapturedDatagram): boolean {
  return ((payload[19] ?? 0) & 1) === 0;
}

describe('the contents of a capture', () => {
  const hashes: readonly HashName[] = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
  const ciphers: readonly (readonly [CipherName, number])[] = [
    ['aes-cbc', 128],
    ['aes-cbc', 192],
    ['aes-cbc', 256],
    ['3des-cbc', 192],
  ];
  const transforms = hashes.flatMap((hash) =>
    ciphers.map(([cipher, keyBits]) => ({ ...aes128Sha256X25519, hash, cipher, keyBits })),
  );

  it.each(transforms)('are read with $cipher of $keyBits bits and $hash', (transform) => {
    const { datagrams, keys } = negotiate({ ike: [transform] });
    const messages = walk(datagrams, keys);
    expect(messages.map(kindsOf)).toEqual([...MAIN_MODE, ...QUICK_MODE]);
    for (const message of decryptedOf(messages)) {
      expect(message.sa.transform).toEqual(transform);
      expect(resealMessage(message)).toEqual(message.octets);
    }
  });

  it('are read in aggressive mode', () => {
    const { datagrams, keys } = negotiate({ mode: 'aggressive' });
    expect(walk(datagrams, keys).map(kindsOf).slice(2)).toEqual([
      'decrypted: hash nat-discovery nat-discovery',
      ...QUICK_MODE,
    ]);
  });

  it('are read after the ports floated', () => {
    const { datagrams, keys } = negotiate({ natTraversal: 'force' });
    expect(datagrams.map(({ source }) => source.port)).toEqual([
      500,
      500,
      500,
      500,
      ...Array<number>(5).fill(4500),
    ]);
    expect(walk(datagrams, keys).map(kindsOf)).toEqual([...MAIN_MODE, ...QUICK_MODE]);
  });

  it('are read after a NAT chose another port', () => {
    const { datagrams, keys } = negotiate({ natTraversal: 'force' });
    const translated = datagrams.map((datagram) =>
      datagram.source.address === '10.0.0.1'
        ? { ...datagram, source: { address: '192.0.2.7', port: datagram.source.port + 20_000 } }
        : { ...datagram, destination: { address: '192.0.2.7', port: datagram.source.port + 20_000 } },
    );
    expect(walk(translated, keys).map(kindsOf)).toEqual([...MAIN_MODE, ...QUICK_MODE]);
  });

  it('are read on ports of a laboratory, with and without marker', () => {
    for (const natTraversal of ['force', 'off'] as const) {
      const { datagrams, keys } = negotiate({ natTraversal });
      const moved = datagrams.map(({ source, destination, payload }) => ({
        source: { ...source, port: source.port + 10_000 },
        destination: { ...destination, port: destination.port + 10_000 },
        payload,
      }));
      expect(walk(moved, keys).map(kindsOf).slice(4)).toEqual([...MAIN_MODE.slice(4), ...QUICK_MODE]);
    }
  });

  it.each([0, 1, 3])('are read with random padding, %i blocks more than needed', (extraBlocks) => {
    for (const mode of ['main', 'aggressive'] as const) {
      const { datagrams, keys } = negotiate({ mode, children: 2 });
      const messages = walk(datagrams, keys);
      const repadded = walk(carry(datagrams, repad(messages, { extraBlocks })), keys);
      expect(repadded.map(kindsOf)).toEqual(messages.map(kindsOf));
      for (const message of decryptedOf(repadded)) {
        expect(message.padding.length).toBeGreaterThan(extraBlocks * 16);
        expect(message.padding).toEqual(randomLookingPadding(message.padding.length));
        expect(resealMessage(message)).toEqual(message.octets);
      }
    }
  });

  it('are read when the third message of aggressive mode is in clear', () => {
    const { datagrams, keys } = negotiate({ mode: 'aggressive' });
    const octets = repad(walk(datagrams, keys), { extraBlocks: 0, isThirdClear: true });
    expect(walk(carry(datagrams, octets), keys).map(kindsOf).slice(2)).toEqual([
      'clear: hash nat-discovery nat-discovery',
      ...QUICK_MODE,
    ]);
  });

  it('are read out of IKE fragments', () => {
    const { datagrams, keys } = negotiate();
    const fragments = datagrams.flatMap((datagram, index) =>
      splitIntoFragments(datagram.payload, {
        fragmentId: index + 1,
        maximumOctets: 100,
        exchangeType: 2,
      }).map((payload) => ({ ...datagram, payload })),
    );
    expect(fragments.length).toBeGreaterThan(datagrams.length);
    const kinds = walk([...fragments, ...fragments], keys).map(kindsOf);
    const whole = kinds.filter((each) => each !== 'clear: fragment');
    expect(whole).toEqual([...MAIN_MODE, ...QUICK_MODE, ...MAIN_MODE, ...QUICK_MODE]);
  });
});

describe('repeated and reordered messages', () => {
  it('read the same when every one was captured twice', () => {
    const { datagrams, keys } = negotiate({ children: 2 });
    const messages = walk(
      datagrams.flatMap((datagram) => [datagram, datagram]),
      keys,
    );
    const once = walk(datagrams, keys).map(kindsOf);
    expect(messages.map(kindsOf)).toEqual(once.flatMap((kinds) => [kinds, kinds]));
    expect(messages.map((message) => 'repeats' in message && message.repeats !== undefined)).toEqual(
      once.flatMap(() => [false, true]),
    );
  });

  it('read the same when all of them come again later, with and without marker', () => {
    const { datagrams, keys } = negotiate({ natTraversal: 'force' });
    const again = datagrams.map(({ payload, ...ends }) =>
      hasNonEspMarker(payload)
        ? { ...ends, payload }
        : {
            source: { ...ends.source, port: 4500 },
            destination: { ...ends.destination, port: 4500 },
            payload: addNonEspMarker(payload),
          },
    );
    const kinds = [...MAIN_MODE, ...QUICK_MODE];
    expect(walk([...datagrams, ...again], keys).map(kindsOf)).toEqual([...kinds, ...kinds]);
  });

  it('read well when one was encrypted again with other padding, whichever the other end took', () => {
    const { datagrams, keys } = negotiate();
    const messages = walk(datagrams, keys);
    const kinds = messages.map(kindsOf);
    messages.forEach((message, index) => {
      if (message.state !== 'decrypted') return;
      const other = {
        ...message.datagram,
        payload: resealMessage({ ...message, padding: new Uint8Array(32 + message.padding.length).fill(7) }),
      };
      for (const at of [index, index + 1]) {
        const more = walk([...datagrams.slice(0, at), other, ...datagrams.slice(at)], keys);
        expect(more.map(kindsOf)).toEqual([...kinds.slice(0, at), kinds[index], ...kinds.slice(at)]);
      }
    });
  });

  it('read the same in any order of the encrypted ones', () => {
    const { datagrams, keys } = negotiate({ children: 3 });
    const clear = datagrams.filter(isClear);
    const encrypted = datagrams.filter((datagram) => !isClear(datagram));
    const kindsOfPayload = new Map(
      walk(datagrams, keys).map((message) => [toHex(message.datagram.payload), kindsOf(message)]),
    );
    const orders = fc.shuffledSubarray(encrypted, { minLength: encrypted.length });
    fc.assert(
      fc.property(orders, (order) => {
        for (const message of walk([...clear, ...order], keys)) {
          expect(kindsOf(message)).toBe(kindsOfPayload.get(toHex(message.datagram.payload)));
        }
      }),
    );
  });
});

describe('several SAs in a capture', () => {
  const stories = [
    negotiate({ children: 3 }, 1),
    negotiate({ mode: 'aggressive' }, 2),
    negotiate({}, 3),
  ] as const;
  const length = Math.max(...stories.map(({ datagrams }) => datagrams.length));
  const mixed = Array.from({ length }, (_, index) =>
    stories.flatMap(({ datagrams }) => datagrams.slice(index, index + 1)),
  ).flat();

  it('are told apart when they are interleaved', () => {
    const keys = new Map(stories.flatMap((story) => [...story.keys]));
    const messages = walk(mixed, keys);
    for (const story of stories) {
      const own = messages.filter(({ datagram }) => story.datagrams.includes(datagram));
      expect(own.map(kindsOf)).toEqual(walk(story.datagrams, story.keys).map(kindsOf));
    }
    expect(messages.every(({ state }) => state !== 'unreadable')).toBe(true);
  });

  it('are read as far as the table has keys', () => {
    const messages = walk(mixed, stories[1].keys);
    expect(decryptedOf(messages)).toHaveLength(
      decryptedOf(walk(stories[1].datagrams, stories[1].keys)).length,
    );
    const problems = messages.flatMap((message) => (message.state === 'unreadable' ? [message.problem] : []));
    expect(new Set(problems)).toEqual(new Set(['the table has no key for the initiator cookie']));
  });
});

describe('what cannot be read', () => {
  const { datagrams, keys } = negotiate();
  const withKey = (key: Uint8Array): KeyTable => new Map([...keys.keys()].map((cookie) => [cookie, key]));

  it.each([
    [
      'another key',
      withKey(new Uint8Array(16)),
      datagrams,
      'the key of the table gives no payloads with any IV',
    ],
    [
      'a key of another length',
      withKey(new Uint8Array(32)),
      datagrams,
      'the key has 256 bits, the SA wants 128',
    ],
    ['no SA payload', keys, datagrams.slice(2), "the responder's SA payload is not in the capture"],
    ['one KE payload', keys, datagrams.toSpliced(2, 1), 'the key exchange is not in the capture'],
  ] as const)('says so: %s', (_, table, captured, problem) => {
    const unreadable = walk(captured, table).filter(({ state }) => state === 'unreadable');
    expect(unreadable.map(kindsOf)).toEqual(Array<string>(5).fill(problem));
  });

  it('says so: a message that the capture cut', () => {
    const cut = datagrams.map((datagram, index) =>
      index === 6 ? { ...datagram, payload: datagram.payload.subarray(0, 100) } : datagram,
    );
    const kinds = walk(cut, keys).map(kindsOf);
    expect(kinds[6]).toMatch(/^message length is \d+, the datagram has 100 octets/);
    expect(kinds.slice(0, 6)).toEqual(MAIN_MODE);
  });

  it('is left out when it is no IKEv1 message', () => {
    const [first] = datagrams;
    if (first === undefined) throw new Error('nothing was captured');
    const version2 = first.payload.slice();
    version2[17] = 0x20;
    const natPorts = {
      source: { ...first.source, port: 4500 },
      destination: { ...first.destination, port: 4500 },
    };
    const others = [
      { ...first, payload: version2 },
      { ...natPorts, payload: Uint8Array.of(0xff) },
      { ...natPorts, payload: new Uint8Array(64).fill(0xc5) },
    ];
    expect(walk([...others, ...datagrams], keys)).toEqual(walk(datagrams, keys));
  });
});

describe('a key table', () => {
  it('is read with comments, quotes and line ends of any kind', () => {
    const table = parseKeyTable(
      '# made by a tool\r\n"00112233445566AA","0001"\r\n\n  1122334455667788 , ff\n',
    );
    expect(table).toEqual(
      new Map([
        ['00112233445566aa', Uint8Array.of(0, 1)],
        ['1122334455667788', Uint8Array.of(0xff)],
      ]),
    );
  });

  it.each(['0011223344556677', '00112233445566,aa', '0011223344556677,xy', '0011223344556677,aaa'])(
    'is refused with the line %s',
    (line) => {
      expect(() => parseKeyTable(line)).toThrow(Error);
    },
  );
});
