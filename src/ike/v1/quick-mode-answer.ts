/** What a quick mode initiator makes of the responder's choice. */
import { checkPhase2Answer, type Phase2Answer, type Phase2Offer } from '../phase2-proposal.ts';
import { chosenProtection, type Protection } from '../protection-bundle.ts';
import type { SecurityAssociationPayload } from '../wire/message.ts';
import { NotifyType } from '../wire/numbers.ts';
import { Refusal } from './refusal.ts';

/**
 * The choice of ESP alone.
 * @throws Refusal `protection-unsupported` for AH or a bundle that was offered, of which the other end
 *   is told (RFC 2408 §5.5); `answer-not-offered` for anything else, such as a part of a bundle.
 */
export function requireEspAnswer(
  answer: SecurityAssociationPayload,
  offer: Omit<Phase2Offer, 'spi'>,
  protections: readonly Protection[],
): Phase2Answer {
  const chosen = protections.includes('esp') ? checkPhase2Answer(answer, offer) : undefined;
  if (chosen !== undefined) return chosen;
  const other = chosenProtection(answer, offer, protections);
  if (other !== undefined) {
    const text = `the responder chose ${other}, which is offered here but not run`;
    throw new Refusal('protection-unsupported', text, NotifyType.invalidProtocolId);
  }
  throw new Refusal('answer-not-offered', 'the responder chose what was not offered');
}
