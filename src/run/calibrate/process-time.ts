/** The CPU time of another process of this machine, as Linux counts it. */
import { readFileSync } from 'node:fs';
import { PlanError } from '../plan.ts';

/** Ticks of /proc a second; fixed on Linux for everything that programs can see. */
const TICK_NS = 10_000_000;
/** Fields of /proc/PID/stat after the name, which may itself hold spaces and brackets. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/**
 * User and system time of all threads of a process so far, nanoseconds, in steps of 10 ms.
 * @throws PlanError when there is no such process, or no /proc.
 */
export function processTimeNs(pid: number): number {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    throw new PlanError(
      `the CPU time of process ${pid} cannot be read`,
      '--target-pid is the number of a process of this machine, which has to run Linux',
    );
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * TICK_NS;
}
