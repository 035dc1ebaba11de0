/** A certificate revocation list (RFC 5280 §5) as a check needs it: plain data that goes to other threads. */
export interface RevocationList {
  /** Who revoked, as `authorityId` names authorities. */
  readonly authorityId: string;
  /** Lower-case hex without leading zeros. */
  readonly serials: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | undefined;
}
