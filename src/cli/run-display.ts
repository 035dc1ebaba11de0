/** Progress of a run on stderr: a frame drawn over the last one on a terminal, a line now and then elsewhere. */
import { createLogUpdate } from 'log-update';
import { windowsOf } from '../load/windows.ts';
import { advanceProgress, progressFrame, progressLine } from '../report/progress.ts';
import type { Progress, ProgressPlan } from '../report/progress.ts';
import type { RunProgress } from '../run/execute.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { createPainter } from './color-painter.ts';
import { canRedraw, hasColor } from './terminal.ts';

export interface RunDisplay {
  /** To be called about four times a second. */
  show(progress: RunProgress): void;
  /** Writes a line that stays. */
  say(line: string): void;
  /** Takes a frame away. */
  end(): void;
}

export interface RunDisplayOptions {
  /** Only what has to be said. */
  readonly isQuiet: boolean;
  readonly isColorAllowed: boolean;
}

export function createRunDisplay(scenario: Scenario, options: RunDisplayOptions): RunDisplay {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  if (options.isQuiet) return { show() {}, say, end() {} };
  return canRedraw(process.stderr, process.env)
    ? frameDisplay(planOf(scenario), options.isColorAllowed)
    : lineDisplay(planOf(scenario), say);
}

function planOf(scenario: Scenario): ProgressPlan {
  const { measureStartNs, measureEndNs, drainNs } = windowsOf(scenario.load);
  return { scenario: scenario.name, measureStartNs, measureEndNs, endNs: measureEndNs + drainNs };
}

function frameDisplay(plan: ProgressPlan, isColorAllowed: boolean): RunDisplay {
  const update = createLogUpdate(process.stderr);
  const painter = createPainter(hasColor(process.stderr, process.env, isColorAllowed));
  let progress: Progress | undefined;
  return {
    show({ phase, counters, elapsedNs }) {
      if (phase === 'starting') return;
      progress = advanceProgress(progress, counters, elapsedNs);
      update(progressFrame(plan, progress, process.stderr.columns, painter).join('\n'));
    },
    say(line) {
      update.clear();
      process.stderr.write(`${line}\n`);
    },
    end() {
      update.clear();
      update.done();
    },
  };
}

function lineDisplay(plan: ProgressPlan, say: (line: string) => void): RunDisplay {
  let progress: Progress | undefined;
  let looks = 0;
  return {
    show({ phase, counters, elapsedNs }) {
      if (phase === 'starting' || ++looks % LOOKS_A_LINE !== 0) return;
      progress = advanceProgress(progress, counters, elapsedNs);
      say(progressLine(plan, progress));
    },
    say,
    end() {},
  };
}

/** Every two seconds: a log wants fewer lines than a screen frames. */
const LOOKS_A_LINE = 8;
