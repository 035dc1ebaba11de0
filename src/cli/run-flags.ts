/** What `ikestorm run` and `ikestorm capacity` are told alike about their runs. */
import type { RunOptions } from '../run/execute.ts';

export interface RunFlags {
  readonly workers?: number | undefined;
  readonly set: readonly string[];
  readonly target?: string | undefined;
  readonly allowPublicTarget?: true | undefined;
  readonly source?: string | undefined;
  readonly crypto?: 'fastest' | 'native' | 'noble' | undefined;
}

/** A target is reached over UDP, which the checks of the scenario have to know. */
export function settingsOf({ set, target }: RunFlags): readonly string[] {
  return target === undefined ? set : ['runtime=udp', ...set];
}

export function runOptionsOf({ workers, target, allowPublicTarget, source, crypto }: RunFlags): RunOptions {
  return {
    ...(workers !== undefined && { workers }),
    ...(target !== undefined && { target }),
    ...(allowPublicTarget === true && { allowPublicTarget }),
    ...(source !== undefined && { source }),
    ...(crypto !== undefined && { crypto }),
  };
}
