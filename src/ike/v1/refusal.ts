/** How handling a message can end other than well: the message is ignored, or the exchange is over. */
import { NotifyType } from '../wire/numbers.ts';

/** Why an exchange is given up because of what the peer sent. */
export type RefusalCause =
  | 'no-proposal-chosen'
  | 'authentication-failed'
  | 'invalid-id'
  | 'payload-malformed'
  | 'invalid-key'
  | 'answer-not-offered'
  | 'protection-unsupported'
  | 'certificate-untrusted'
  | 'certificate-expired'
  | 'certificate-revoked'
  /** Nobody could say whether it was. */
  | 'revocation-unknown'
  | 'certificate-identity'
  | 'certificate-rejected'
  | 'rejected'
  | 'deleted-by-peer';

/** The exchange cannot go on. `notify` is what the other end should be told, when it should be told something. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  override readonly cause: RefusalCause;
  readonly notify: number | undefined;

  constructor(cause: RefusalCause, text: string, notify?: number) {
    super(text);
    this.cause = cause;
    this.notify = notify;
  }
}

export type DiscardReason =
  | 'malformed'
  | 'decryption-failed'
  | 'bad-hash'
  | 'not-encrypted'
  | 'unexpected-exchange'
  | 'unexpected-state'
  | 'ignored';

/** The message is of no use and changes nothing; a better copy of it may still come. */
export class Discard extends Error {
  override readonly name = 'Discard';
  readonly reason: DiscardReason;

  constructor(reason: DiscardReason, text: string) {
    super(text);
    this.reason = reason;
  }
}

const STATUS_TYPES_FROM = 0x4000;

/** What an error notification means for the exchange it answers; undefined for a status (RFC 2408 §3.14.1). */
export function causeOfNotify(notifyType: number): RefusalCause | undefined {
  if (notifyType >= STATUS_TYPES_FROM) return undefined;
  switch (notifyType) {
    case NotifyType.noProposalChosen:
    case NotifyType.attributesNotSupported:
    case NotifyType.badProposalSyntax:
    case NotifyType.invalidTransformId:
    case NotifyType.invalidProtocolId:
      return 'no-proposal-chosen';
    case NotifyType.authenticationFailed:
    case NotifyType.invalidHashInformation:
    case NotifyType.invalidSignature:
      return 'authentication-failed';
    case NotifyType.invalidCertificate:
    case NotifyType.invalidCertEncoding:
    case NotifyType.certTypeUnsupported:
    case NotifyType.invalidCertAuthority:
    case NotifyType.certificateUnavailable:
      return 'certificate-rejected';
    case NotifyType.invalidIdInformation:
      return 'invalid-id';
    case NotifyType.payloadMalformed:
    case NotifyType.unequalPayloadLengths:
    case NotifyType.invalidPayloadType:
      return 'payload-malformed';
    case NotifyType.invalidKeyInformation:
      return 'invalid-key';
    default:
      return 'rejected';
  }
}
