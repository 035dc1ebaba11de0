/** What a test with another implementation has shown: one line of evidence for docs/interoperability.md. */
import type { FeatureId } from './feature.ts';

/** Other implementations that negotiate. */
export type PeerName = 'strongSwan' | 'libreswan' | 'vpnc';

/** The part that the other implementation had in phase 1. */
export type PeerRole = 'responder' | 'initiator';

export interface Proof {
  readonly feature: FeatureId;
  readonly peer: PeerName;
  readonly role: PeerRole;
  /** Of the other implementation, as it says itself: `5.9.8`. */
  readonly version: string;
  /** File of the test, relative to the root of the repository. */
  readonly test: string;
}

declare module 'vitest' {
  interface TaskMeta {
    /** What the test proves if it passes; the reporter adds the file. */
    proofs?: Omit<Proof, 'test'>[];
  }
}
