/** Errors of the prepare phase: keys, certificates and revocation lists that cannot be made, read or used together. */

/** What is wrong, where, and what may help. The hot path never throws it; there a verdict has a cause. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: { hint?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
  }
}
