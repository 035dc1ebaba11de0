/** What Ctrl-C and `kill` do to a run: the first one asks it to come to its end, the second leaves at once. */
import { EXIT_CODE } from './exit-code.ts';

export interface StopSignal {
  /** Aborted by the first signal; the reason is its name. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node.js. */
  release(): void;
}

/** Listens for SIGINT and SIGTERM. `onFirst` is told the name of the first one. */
export function listenForStop(onFirst: (name: string) => void): StopSignal {
  const controller = new AbortController();
  const stop = (name: string): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODE.stoppedBySignal);
    controller.abort(name);
    onFirst(name);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
