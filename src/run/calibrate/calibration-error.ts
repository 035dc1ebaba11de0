/** A gateway could not be measured. */

export class CalibrationError extends Error {
  override readonly name = 'CalibrationError';
  /** `unreachable`: nobody answered; `not-trustworthy`: what was measured says nothing of the gateway. */
  readonly kind: 'unreachable' | 'not-trustworthy';
  readonly hint: string;

  constructor(kind: CalibrationError['kind'], message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}
