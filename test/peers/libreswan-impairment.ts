/** What stories about a libreswan that misbehaves on purpose (`whack --impair`) have in common. */
import type { DropReason, FailureCause, Phase1Mode } from '../../src/peer/fact.ts';

export const MODES = ['main', 'aggressive'] as const;
export const PFS = { ours: 'aes128-sha256-modp2048', plutos: 'aes128-sha2_256;modp2048' };
export const USER = { name: 'alice', password: 'wonderland' };

/** How the peers of a story retransmit. */
export const SCHEDULES = {
  /** Gives up early, where that is what must happen. */
  impatient: { first: '500ms', factor: 1.5, tries: 2 },
  persistent: { first: '500ms', factor: 1.5, tries: 5 },
  /** pluto sleeps half a second between the two copies of a message. */
  patient: { first: '5s', factor: 1, tries: 3 },
} as const;

/**
 * Every negotiation ends in success or in a failure with a name, never in an error of ikestorm and never later than
 * its retransmissions allow. Of the words left out many mean IKEv2 only, `corrupt-encrypted` and
 * `send-bogus-payload-flag` too.
 */
export interface ImpairmentStory {
  readonly words: readonly string[];
  /** Default: both. */
  readonly modes?: readonly Phase1Mode[];
  /** Default: pre-shared keys alone. */
  readonly proof?: 'xauth-psk' | 'pubkey';
  /** Absent: the negotiations succeed. */
  readonly cause?: FailureCause;
  /** Among the reasons for which datagrams were dropped. */
  readonly drop?: DropReason;
  /** What ikestorm offers or takes in phase 2; default: what libreswan does. */
  readonly esp?: string;
}

/** Parts of at most `size` elements. */
export function partsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, part) =>
    all.slice(part * size, (part + 1) * size),
  );
}
