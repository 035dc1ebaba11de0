/** Lists of misdeeds that are drawn at random, as YAML in flow style. */
import {
  DATAGRAM_MISDEEDS,
  LATE_MISDEEDS,
  MESSAGE_MISDEEDS,
  PAYLOAD_MISDEEDS,
} from '../../src/peer/misbehaviour/rule.ts';
import type { MisusedPayload } from '../../src/peer/misbehaviour/rule.ts';
import type { RandomStream } from '../../src/random/stream.ts';

/** Payloads that a peer with a pre-shared key sends. */
const PAYLOADS: readonly MisusedPayload[] = [
  'security-association',
  'key-exchange',
  'nonce',
  'identification',
  'hash',
  'nat-discovery',
  'vendor-id',
  'notification',
  'delete',
];
const MESSAGES = ['main', 'aggressive', 'quick', 'informational', '[main-5, aggressive-3, quick-1, delete]'];

/** What a peer of no trust does: anything, for a time or to the end. `asksTruly`: it never lies about whom or what it asks for. */
export function anyMisdeeds(random: RandomStream, setup: { readonly asksTruly: boolean }): string {
  const payloads = PAYLOADS.filter((payload) => !setup.asksTruly || payload !== 'identification');
  return listOf(1 + random.below(3), () => {
    const what = misdeed(random, payloads);
    return `{ ${what}, ${occasions(random)}${random.below(2) === 0 ? '' : spell(random, 150)} }`;
  });
}

/** What a machine that is out of order does to datagrams, over before `untilS`: nothing that it says is a lie. */
export function disorders(random: RandomStream, untilS: number): string {
  return listOf(random.below(3), () => {
    const what = datagramMisdeed(random);
    return `{ ${what}, share: 50%, chance: ${5 + random.below(40)}%${spell(random, untilS)} }`;
  });
}

function listOf(count: number, draw: () => string): string {
  return `[${Array.from({ length: count }, draw).join(', ')}]`;
}

function misdeed(random: RandomStream, payloads: readonly MisusedPayload[]): string {
  switch (random.below(3)) {
    case 0:
      return `what: ${oneOf(random, PAYLOAD_MISDEEDS)}, payload: ${oneOf(random, payloads)}`;
    case 1:
      return `what: ${oneOf(random, MESSAGE_MISDEEDS)}${aboutMessages(random)}`;
    default:
      return `${datagramMisdeed(random)}${aboutMessages(random)}`;
  }
}

function datagramMisdeed(random: RandomStream): string {
  const what = oneOf(random, [...DATAGRAM_MISDEEDS, ...LATE_MISDEEDS, 'ignore'] as const);
  const isLate = what === 'replay' || what === 'delay';
  return `what: ${what}${isLate ? `, after: ${100 + random.below(5000)}ms` : ''}`;
}

function aboutMessages(random: RandomStream): string {
  return random.below(2) === 0 ? '' : `, message: ${oneOf(random, MESSAGES)}`;
}

function occasions(random: RandomStream): string {
  return `share: ${50 + random.below(51)}%, chance: ${10 + random.below(91)}%`;
}

/** Begins and ends within `untilS`. */
function spell(random: RandomStream, untilS: number): string {
  const fromS = random.below(untilS - 1);
  return `, from: ${fromS}s, for: ${1 + random.below(untilS - fromS)}s`;
}

function oneOf<Value>(random: RandomStream, values: readonly Value[]): Value {
  return values[random.below(values.length)]!;
}
