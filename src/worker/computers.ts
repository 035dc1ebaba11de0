/** The computers that the peers of one worker run on in virtual time, and what was measured of them. */
import type { CalibrationCard } from '../cpu/calibration-card.ts';
import type { Computer, CpuModel } from '../cpu/cpu-model.ts';
import { GatewayComputer } from '../cpu/gateway-computer.ts';
import { WorkLedger } from '../cpu/work-ledger.ts';
import type { CryptoSuite } from '../ike/suite.ts';
import type { ComputerSnapshot } from '../measure/computer-snapshot.ts';
import { LatencyHistogram } from '../measure/histogram.ts';
import type { Peer } from '../peer/peer.ts';
import type { Ns } from '../peer/timer.ts';
import type { Population } from '../scenario/expand.ts';
import type { GroupComputer, PeerGroup, Scenario } from '../scenario/scenario.ts';
import { meter } from './metered-peer.ts';
import type { Metering, PeerMeans } from './metered-peer.ts';

export interface ComputersSetup {
  readonly scenario: Scenario;
  readonly population: Population;
  /** By group. */
  readonly cards: ReadonlyMap<string, CalibrationCard>;
  readonly suite: CryptoSuite;
  peerAt(id: number): Peer | undefined;
  /** The number of jobs that wait for threads changed. */
  onWaiting(by: number, timeNs: Ns): void;
}

/** Of one group in this worker. */
interface GroupMachines {
  readonly plan: GroupComputer;
  readonly ledger: WorkLedger;
  readonly metering: Metering;
  readonly waits: LatencyHistogram;
  /** By owner. */
  readonly computers: Map<number, GatewayComputer>;
}

export class Computers implements CpuModel {
  readonly #setup: ComputersSetup;
  readonly #groups = new Map<string, GroupMachines>();

  constructor(setup: ComputersSetup) {
    this.#setup = setup;
    for (const { name, cpu } of setup.scenario.groups) {
      if (cpu !== undefined) this.#groups.set(name, this.#machinesOf(name, cpu));
    }
  }

  computerOf(peerId: number): Computer | undefined {
    if (this.#groups.size === 0) return undefined;
    const group = this.#setup.population.groupOf(peerId);
    const machines = this.#groups.get(group.name);
    if (machines === undefined) return undefined;
    const owner = machines.plan.isShared ? this.#setup.population.rangeOf(group.name)!.first : peerId;
    let computer = machines.computers.get(owner);
    if (computer === undefined) {
      machines.computers.set(owner, (computer = this.#createComputer(owner, group, machines)));
    }
    return computer;
  }

  /** What a peer works with: as it is, or charged to its computer. */
  metered(group: PeerGroup, means: PeerMeans): PeerMeans {
    const metering = this.#groups.get(group.name)?.metering;
    return metering === undefined ? means : meter(means, metering);
  }

  /** What was measured up to `nowNs`, by group. */
  snapshots(nowNs: Ns): Record<string, ComputerSnapshot> {
    return Object.fromEntries(
      [...this.#groups].map(([name, { ledger, waits, computers }]) => [
        name,
        {
          computers: [...computers].map(([peerId, computer]) => ({ peerId, ...computer.report(nowNs) })),
          waits: waits.snapshot(),
          operations: Object.fromEntries(
            [...ledger.uses]
              .filter(([, { calls }]) => calls > 0)
              .map(([operation, use]) => [operation, { ...use }]),
          ),
          unknownOperations: [...ledger.unknown],
        },
      ]),
    );
  }

  #machinesOf(name: string, plan: GroupComputer): GroupMachines {
    const card = this.#setup.cards.get(name);
    if (card === undefined) throw new Error(`there is no card for ${name}`);
    const ledger = new WorkLedger({ card, speed: plan.speed, blockingNs: plan.blockingNs });
    const metering = { suite: this.#setup.suite, ledger };
    return { plan, ledger, metering, waits: new LatencyHistogram(), computers: new Map() };
  }

  #createComputer(owner: number, group: PeerGroup, { plan, ledger, waits }: GroupMachines): GatewayComputer {
    const { peerAt, onWaiting } = this.#setup;
    return new GatewayComputer({
      owner,
      server: {
        cores: plan.cores,
        threads: plan.threads - plan.ownThreads,
        discipline: plan.sharing,
        sliceNs: plan.sliceNs,
        ...(hasReserved(plan) && { reservedThreads: plan.reservedThreads }),
        queueLimit: plan.receiveQueue,
        lockSegments: plan.lockSegments,
        ...(plan.wakeNs > 0 && { wakeNs: plan.wakeNs }),
        ...(plan.garbage !== undefined && { garbage: plan.garbage }),
      },
      priorities: plan.priorities,
      admission: {
        ...(group.halfOpenLimitPerAddress !== undefined && { perAddress: group.halfOpenLimitPerAddress }),
        ...(plan.jobLoadLimit !== undefined && { jobLoad: plan.jobLoadLimit }),
      },
      ledger,
      isPhase1Enough: isPhase1Enough(group, this.#setup.scenario),
      halfOpenCountOf: (peer, address) => peerAt(peer)?.halfOpenCountOf(address) ?? 0,
      onWait: (waitNs) => waits.record(waitNs),
      onWaiting,
    });
  }
}

function hasReserved({ reservedThreads }: GroupComputer): boolean {
  return Object.values(reservedThreads).some((count) => count > 0);
}

/** Whether nobody who connects to a group wants child SAs. */
function isPhase1Enough({ name }: PeerGroup, { connections, groups }: Scenario): boolean {
  const callers = connections.filter(({ to }) => to === name).map(({ from }) => from);
  return groups.every((group) => !callers.includes(group.name) || group.children === 0);
}
