/** A scenario for a real gateway, run in virtual time instead: what its negotiations are made of, and how long they take by a card. */
import type { NegotiationWork } from '../../cpu/fit-card.ts';
import type { RunResult } from '../../measure/result.ts';
import { explicitSchedule } from '../../ike/retransmit.ts';
import { NS_PER_S } from '../../peer/timer.ts';
import type { Ns } from '../../peer/timer.ts';
import { usualComputer } from '../../scenario/resolve.ts';
import type { LoadedScenario, PeerGroup, Scenario } from '../../scenario/scenario.ts';
import { runScenario } from '../execute.ts';
import { PlanError } from '../plan.ts';

const IKE_PORT = 500;
/** Negotiations of a host: the first of them have no tunnel to replace, which the difference of two runs leaves out. */
const FEW = 10;
const MANY = 20;
const HOSTS = 4;

/** What both ends do for one negotiation. */
export interface NegotiationWorks {
  readonly gateway: NegotiationWork;
  readonly host: NegotiationWork;
}

/** What both ends do for one negotiation of the scenario in the long run. @throws PlanError when none succeeds. */
export async function worksOfNegotiation(loaded: LoadedScenario): Promise<NegotiationWorks> {
  const plan = { peers: HOSTS, oneWayNs: NS_PER_S / 1_000 };
  const few = await simulate(loaded, { ...plan, iterations: FEW });
  const many = await simulate(loaded, { ...plan, iterations: MANY });
  const negotiations = many.wholeRun.succeeded - few.wholeRun.succeeded;
  if (negotiations <= 0) throw failure(loaded, many);
  const hosts = new Set(loaded.scenario.connections.map(({ from }) => from));
  const workOf = (isMeant: (group: string) => boolean): NegotiationWork => {
    const before = operationsOf(few, isMeant);
    return Object.fromEntries(
      [...operationsOf(many, isMeant)].map(([operation, { calls, octets }]) => {
        const earlier = before.get(operation) ?? { calls: 0, octets: 0 };
        const difference = {
          calls: (calls - earlier.calls) / negotiations,
          octets: (octets - earlier.octets) / negotiations,
        };
        return [operation, difference];
      }),
    );
  };
  return { gateway: workOf((group) => !hosts.has(group)), host: workOf((group) => hosts.has(group)) };
}

/** Datagrams, one after the other, that a negotiation waits for. @throws PlanError when none succeeds. */
export async function datagramsInTurn(loaded: LoadedScenario): Promise<number> {
  const result = await simulate(loaded, { peers: 1, iterations: 2, oneWayNs: NS_PER_S });
  const { fromStart } = result.latency;
  if (fromStart === null) throw failure(loaded, result);
  return Math.round(fromStart.minNs / NS_PER_S);
}

function simulate(loaded: LoadedScenario, plan: Simulated): Promise<RunResult> {
  return runScenario(inVirtualTime(loaded, plan));
}

interface Simulated {
  readonly peers: number;
  readonly iterations: number;
  readonly oneWayNs: Ns;
}

function inVirtualTime(loaded: LoadedScenario, { peers, iterations, oneWayNs }: Simulated): LoadedScenario {
  const { scenario } = loaded;
  const load: Scenario['load'] = {
    executor: { type: 'per-peer-iterations', peers, iterations, thinkTimeNs: 0 },
    warmUpNs: 0,
    measureNs: 3_600 * NS_PER_S,
    drainNs: 60 * NS_PER_S,
    sendLagLimitNs: NS_PER_S,
    ...(scenario.load.holdNs !== undefined && { holdNs: scenario.load.holdNs }),
  };
  return {
    ...loaded,
    scenario: {
      ...scenario,
      ...{ clock: 'virtual', runtime: 'memory', crypto: 'modelled', workers: 1, capture: false },
      thresholds: [],
      faults: [],
      // In the present, so that certificates of today are valid.
      epochMs: Date.now(),
      groups: scenario.groups.map((group) => simulated(group, scenario, peers)),
      network: { latencyNs: oneWayNs, links: [], paths: [], nats: [], firewalls: [], natAddresses: [] },
      load,
    },
  };
}

function simulated(group: PeerGroup, { connections }: Scenario, peers: number): PeerGroup {
  const isResponder = connections.some(({ to }) => to === group.name);
  const placed = { ...group, port: group.port === 0 ? IKE_PORT : group.port };
  // No message of a far network is to be sent again: that would be work too.
  const schedule = explicitSchedule([60 * NS_PER_S]);
  const patient: PeerGroup = {
    ...placed,
    retransmit: schedule,
    responderRetransmit: { messages: [], schedule },
    halfOpenTimeoutNs: 3_600 * NS_PER_S,
  };
  // Whatever it costs: only operations are counted.
  const computing = { ...patient, cpu: usualComputer(1) };
  return isResponder ? computing : { ...computing, count: Math.min(group.count, peers) };
}

function operationsOf({ computers = {} }: RunResult, isMeant: (group: string) => boolean) {
  const all = new Map<string, { calls: number; octets: number }>();
  for (const [group, { operations }] of Object.entries(computers)) {
    if (!isMeant(group)) continue;
    for (const [name, { calls, octets }] of Object.entries(operations)) {
      const known = all.get(name) ?? { calls: 0, octets: 0 };
      all.set(name, { calls: known.calls + calls, octets: known.octets + octets });
    }
  }
  return all;
}

function failure({ file, scenario }: LoadedScenario, { failures, reasons }: RunResult): PlanError {
  const causes = Object.entries(failures).map(([cause, count]) => `${count} ${cause}`);
  return new PlanError(
    `${file}: the hosts of ${scenario.name} cannot connect to its gateway when both are simulated` +
      ` (${causes.join(', ') || reasons.join(', ')})`,
    'the group that they connect to has to say what the real gateway is like: proposals, networks, keys, certificates',
  );
}
