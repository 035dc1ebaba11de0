/** The faults of a scenario in the words of a result. */
import type { Ns } from '../peer/timer.ts';
import type { Fault, FaultTargets } from '../scenario/fault.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatDurationNs } from '../scenario/unit.ts';
import type { FaultResult } from './result.ts';

/** `counts`: peers that each has happened to, by place in the list. */
export function faultResults({ faults }: Scenario, counts: readonly number[]): FaultResult[] {
  return faults.map((fault, index) => ({
    text: textOf(fault),
    type: fault.type,
    startNs: fault.atNs,
    endNs: endOf(fault, counts[index] ?? 0),
    peers: fault.type === 'outage' ? null : (counts[index] ?? 0),
  }));
}

function textOf(fault: Fault): string {
  switch (fault.type) {
    case 'outage':
      return `outage of link ${fault.link}`;
    case 'slow-server':
      return `${targetsText(fault)} ${fault.factor} times as slow`;
    case 'clock-step': {
      const { byNs } = fault;
      const direction = byNs > 0 ? 'forward' : 'back';
      return `clock of ${targetsText(fault)} set ${direction} by ${formatDurationNs(Math.abs(byNs))}`;
    }
    case 'crash': {
      const { everyNs, keepsState } = fault;
      const rolling = everyNs > 0 ? `, one every ${formatDurationNs(everyNs)}` : '';
      return `crash of ${targetsText(fault)}${rolling}, state ${keepsState ? 'kept' : 'lost'}`;
    }
  }
}

function targetsText({ groups, share }: FaultTargets): string {
  const names = groups.join(', ');
  return share < 1 ? `${Number((share * 100).toPrecision(6))}% of ${names}` : names;
}

function endOf(fault: Fault, peers: number): Ns | null {
  if (fault.type === 'clock-step') return fault.atNs;
  if (fault.forNs === undefined) return null;
  const last = fault.type === 'crash' ? fault.everyNs * Math.max(0, peers - 1) : 0;
  return fault.atNs + last + fault.forNs;
}
