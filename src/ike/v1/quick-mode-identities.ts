/** ID payloads of quick mode: what a child SA is to protect, and whether the policy allows it (RFC 2409 §5.5). */
import type { Endpoint } from '../endpoint.ts';
import { isWithin, type Selector } from '../selector.ts';
import type { IdentificationPayload, Payload } from '../wire/message.ts';
import { IdentificationType, NotifyType } from '../wire/numbers.ts';
import { equalOctets } from '../wire/octets.ts';
import type { IsakmpSa } from './isakmp-sa.ts';
import type { Phase2Policy, Phase2Setting, QuickMode } from './quick-mode.ts';
import { Discard, Refusal } from './refusal.ts';

/** The two ID payloads, or none. @throws Discard `malformed` for another number. */
export function proposedIdentities(
  payloads: readonly Payload[],
): readonly [IdentificationPayload, IdentificationPayload] | undefined {
  const [first, second, third] = payloads.filter((payload) => payload.kind === 'identification');
  if (first === undefined) return undefined;
  if (second === undefined || third !== undefined) {
    throw new Discard('malformed', 'quick mode carries two ID payloads or none');
  }
  return [first, second];
}

/** IDci has to be one of ours to reach and IDcr one of ours to serve, where the policy says something of it. */
export function checkIdentities(quick: QuickMode, policy: Phase2Policy): void {
  if (quick.identities === undefined) return;
  const [client, server] = quick.identities;
  const isServed = policy.localSelector === undefined || isWithin(server, policy.localSelector);
  const isReached = policy.remoteSelector === undefined || isWithin(client, policy.remoteSelector);
  if (isServed && isReached) return;
  throw new Refusal(
    'invalid-id',
    'the proposed networks are not within the policy',
    NotifyType.invalidIdInformation,
  );
}

/** Both ends of the child SA have to lie in the segment of the other end, by whatever name they are asked for. */
export function checkSegment(sa: IsakmpSa, quick: QuickMode, { permittedNetworks }: Phase2Setting): void {
  const permitted = permittedNetworks?.(sa.remote.address, sa.remoteIdentity);
  if (permitted === undefined) return;
  const wanted = quick.identities ?? [addressSelector(sa.remote), addressSelector(sa.own)];
  if (wanted.every((selector) => permitted.some((network) => isWithin(selector, network)))) return;
  throw new Refusal(
    'invalid-id',
    'the proposed networks are not of the segment of the other end',
    NotifyType.invalidIdInformation,
  );
}

/** Without ID payloads a child SA is for the two addresses of phase 1 (RFC 2409 §5.5). */
function addressSelector({ octets }: Endpoint): Selector {
  const idType = octets.length === 4 ? IdentificationType.ipv4Address : IdentificationType.ipv6Address;
  return { idType, data: octets };
}

/** The responder repeats the identities that it was offered, and answers an offer without them without them. */
export function checkReturnedIdentities(
  quick: QuickMode,
  returned: readonly [IdentificationPayload, IdentificationPayload] | undefined,
): void {
  if (quick.identities === undefined && returned === undefined) return;
  const isSame =
    quick.identities !== undefined &&
    returned !== undefined &&
    quick.identities.every(
      (own, i) => own.idType === returned[i]?.idType && equalOctets(own.data, returned[i].data),
    );
  if (!isSame) throw new Refusal('invalid-id', 'the responder answered with other networks');
}
