/** What tells attackers that a payload body decrypted to something without form. */

export type EncryptedBodyFault =
  /** Not as long as the RSA modulus, or not below it. */
  | 'no-ciphertext'
  /** The RSA block does not begin with 00 02. */
  | 'block-type'
  /** Fewer than eight octets of RSA padding, or no 00 after them. */
  | 'separator'
  /** No whole number of cipher blocks. */
  | 'cipher-blocks'
  /** Padding of the revised mode that is not zeros and a count. */
  | 'cipher-padding'
  /** Of a length that such a body cannot have. */
  | 'body-length';

/**
 * Thrown in oracle mode only: to answer it with anything that can be told from the answer to a
 * wrong HASH is Bleichenbacher's oracle, or Vaudenay's for the revised mode's cipher.
 */
export class EncryptedBodyError extends Error {
  override readonly name = 'EncryptedBodyError';
  readonly fault: EncryptedBodyFault;

  constructor(fault: EncryptedBodyFault, text: string) {
    super(text);
    this.fault = fault;
  }
}
