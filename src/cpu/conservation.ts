/**
 * Laws that hold for every queue whatever happens in it. A server that breaks one is wrong, and so is
 * every number that came out of it.
 */
import type { Ns } from '../peer/timer.ts';
import type { GatewayServer } from './gateway-server.ts';

/** Areas and sums come from other additions of the same numbers; doubles round each. */
const TOLERANCE = 1e-6;
/** Nanoseconds: ends of shared cores are whole nanoseconds, each up to one late. */
const ROUNDING_A_JOB_NS = 4;

/**
 * What is violated at `nowNs`, in sentences; empty for a server that is right.
 * - Flow balance: what came is done, dropped or still there.
 * - Little's law: the area under the number of jobs is the sum of the times that they were there.
 * - Utilisation law: cores were at work for as long as the work takes.
 */
export function findViolations<Payload>(server: GatewayServer<Payload>, nowNs: Ns): string[] {
  const { statistics } = server;
  const left = [...server.unfinishedJobs()];
  const { arrived, completed, droppedQueueFull, lostInCrash, waiting, inService } = statistics;
  const gone = completed + droppedQueueFull + lostInCrash;
  const violations: string[] = [];
  if (arrived !== gone + waiting + inService || left.length !== waiting + inService) {
    violations.push(
      `jobs are not conserved: ${arrived} came, ${completed} were completed, ${droppedQueueFull} dropped, ` +
        `${lostInCrash} lost in crashes, ` +
        `${left.length} are left of ${waiting} waiting and ${inService} in service`,
    );
  }
  const slackNs = ROUNDING_A_JOB_NS * (arrived + 1);
  const leftNs = left.reduce((sum, { arrivedNs }) => sum + nowNs - arrivedNs, 0);
  const presentNs = statistics.sojournSumNs + leftNs;
  if (differ(statistics.presentAreaNs, presentNs, slackNs)) {
    violations.push(
      `Little's law does not hold: area ${statistics.presentAreaNs} ns, sum over jobs ${presentNs} ns`,
    );
  }
  const workNs = statistics.cpuSumNs + server.unfinishedCpuNs(nowNs);
  if (differ(statistics.busyCoreNs, workNs, slackNs)) {
    violations.push(
      `the utilisation law does not hold: cores were busy for ${statistics.busyCoreNs} ns, work takes ${workNs} ns`,
    );
  }
  return violations;
}

function differ(one: number, other: number, slackNs: number): boolean {
  return Math.abs(one - other) > slackNs + TOLERANCE * Math.max(one, other);
}
