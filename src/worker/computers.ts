/** The computers that the peers of one worker run on in virtual time. */
import { FREE_CPU } from '../cpu/cpu-model.ts';
import type { CpuModel } from '../cpu/cpu-model.ts';
import type { CryptoSuite } from '../ike/suite.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface ComputersSetup {
  readonly scenario: Scenario;
  readonly seed: number;
  /** What peers compute with, unless the computers have it metered. */
  readonly suite: CryptoSuite;
}

export interface Computers {
  readonly cpu: CpuModel;
  /** What the peers of the worker are to compute with. */
  readonly suite: CryptoSuite;
}

/** Computers as the scenario describes them: none, so that computing takes no time. */
export function createComputers({ suite }: ComputersSetup): Computers {
  return { cpu: FREE_CPU, suite };
}
