/** What comes between phase 1 and quick mode on one SA, as its exchanges see it: login and configuration. */
import type { AttributesPayload } from '../ike/wire/message.ts';
import type { TransactionInitiator } from './exchange/transaction-exchange.ts';
import type { FailureCause } from './fact.ts';

export interface Access {
  /** Whether the other end may begin quick modes. */
  readonly isOpen: boolean;
  /** Phase 1 stands. */
  start(): void;
  /**
   * The answer to what the other end asked or set.
   * @throws Discard `unexpected-state` for what is neither, or may not be asked now.
   */
  respond(request: AttributesPayload): AttributesPayload;
  /** The answer is on its way: goes on to what follows from it. */
  responded(): void;
  /** An exchange of our own got its answer. */
  answered(exchange: TransactionInitiator): void;
  /** The other end began a quick mode, as one does who is let in. */
  quickModeBegan(): void;
  /** It cannot go on; nothing happens to who is in already. */
  refuseWith(cause: FailureCause): void;
  /** The SA ends. */
  abandon(): void;
}
