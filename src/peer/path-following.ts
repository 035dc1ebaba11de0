/** NATs that give the other end another place after phase 1 (RFC 3947 §5, RFC 3948 §4). */
import { isSameEndpoint } from '../ike/endpoint.ts';
import type { Path } from '../ike/v1/incoming.ts';
import type { SaEntry } from './sa-entry.ts';

/**
 * Answers to where something authenticated and new came from, when a NAT stands before the other end.
 * The caller makes sure of both: a replay, or a message that anybody could make, must not move the SA.
 */
export function followPath(entry: SaEntry, { from, to, hasMarker }: Path): void {
  const { sa } = entry;
  if (entry.state !== 'established' || !sa.isRemoteNatted) return;
  if (isSameEndpoint(sa.remote, from)) return;
  sa.remote = from;
  sa.own = to;
  sa.hasMarker = hasMarker;
}
