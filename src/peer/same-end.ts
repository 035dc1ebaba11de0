/** Which SAs are of one end. */
import type { IsakmpSa } from '../ike/v1/isakmp-sa.ts';

/**
 * Whether two SAs of one identity are of one end for sure. Of one address they are, but behind a NAT
 * only with the same port: hosts of a group may share an identity there. Who comes back from another
 * port of its NAT leaves an old SA to dead peer detection or its lifetime.
 */
export function isOfSameEnd(
  { remote: before }: Pick<IsakmpSa, 'remote'>,
  { remote: now, isNatted }: Pick<IsakmpSa, 'remote' | 'isNatted'>,
): boolean {
  return before.address === now.address && (!isNatted || before.port === now.port);
}
