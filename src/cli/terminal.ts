/** What a stream and the environment allow: colours, and frames that are drawn over. */

/** The parts of a stream that matter here. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  /** Some terminals say 0 when they do not know. */
  readonly columns?: number;
}

export interface TerminalEnvironment {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  readonly CI?: string | undefined;
}

/** `--no-color`, then NO_COLOR (https://no-color.org), then FORCE_COLOR, then whether a person looks at the stream. */
export function hasColor(
  stream: TerminalStream,
  environment: TerminalEnvironment,
  isAllowed: boolean,
): boolean {
  if (!isAllowed || isSet(environment.NO_COLOR)) return false;
  if (isSet(environment.FORCE_COLOR))
    return environment.FORCE_COLOR !== '0' && environment.FORCE_COLOR !== 'false';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** True when a frame may be drawn over the last one: a person looks, and no log of a pipeline is filled. */
export function canRedraw(stream: TerminalStream, environment: TerminalEnvironment): boolean {
  const hasSize = stream.isTTY === true && stream.columns !== 0;
  return hasSize && environment.TERM !== 'dumb' && !isSet(environment.CI);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
