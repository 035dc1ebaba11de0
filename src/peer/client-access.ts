/** Login and configuration of an SA that this peer initiated. */
import { usesExtendedAuthentication } from '../ike/authentication.ts';
import { giveUpAfterNs } from '../ike/retransmit.ts';
import {
  configurationAck,
  configurationReply,
  configurationRequest,
  ConfigurationAttribute,
  familyOf,
  parseConfiguration,
  type AddressFamily,
} from '../ike/v1/mode-config.ts';
import { Discard } from '../ike/v1/refusal.ts';
import { ConfigurationType } from '../ike/v1/transaction.ts';
import { credentialsAt } from '../ike/v1/user-secret.ts';
import { credentialsReply, declineReply, isXauth, parseStatus, statusAck } from '../ike/v1/xauth.ts';
import type { AttributesPayload } from '../ike/wire/message.ts';
import { IdentificationType } from '../ike/wire/numbers.ts';
import type { Access } from './access.ts';
import type { Chart } from './chart.ts';
import type { PeerServices, TimerSubject } from './exchange/services.ts';
import type { TransactionInitiator } from './exchange/transaction-exchange.ts';
import type { FailureCause, RoundTrip } from './fact.ts';
import {
  clientAccessMachine,
  type ClientAccessActor,
  type ClientAccessEvent,
} from './machine/client-access.machine.ts';
import type { SaEntry } from './sa-entry.ts';
import { createTimer, type Ns, type Timer } from './timer.ts';
import { beginTransaction } from './transactions.ts';
import { clientTunnelSetting } from './tunnel-setting.ts';

/** Whether anything comes between phase 1 and quick mode of an SA that this peer initiated. */
export function needsClientAccess(services: PeerServices, entry: SaEntry): boolean {
  return services.policy.configuration !== undefined || usesExtendedAuthentication(entry.sa.authentication);
}

export class ClientAccess implements Access, ClientAccessActor, TimerSubject {
  /** The gateway has proved itself in phase 1. */
  readonly isOpen = true;
  readonly #services: PeerServices;
  readonly #entry: SaEntry;
  readonly #chart: Chart<ClientAccessEvent>;
  readonly #timer: Timer;
  #credentialsSentNs: Ns | undefined;
  #pull: TransactionInitiator | undefined;
  /** What follows from the answer that is being sent. */
  #next: ClientAccessEvent | undefined;

  constructor(services: PeerServices, entry: SaEntry) {
    this.#services = services;
    this.#entry = entry;
    this.#timer = createTimer(services.id, 'access', this);
    this.#chart = services.startChart(clientAccessMachine, this);
  }

  /** Whether the user has to log in before anything else. */
  get isAwaitingLogin(): boolean {
    return this.#chart.state === 'awaitingLogin' || this.#chart.state === 'credentialsSent';
  }

  start(): void {
    const hasLogin = usesExtendedAuthentication(this.#entry.sa.authentication);
    this.#chart.send(hasLogin ? { type: 'login.expected' } : this.#afterLogin());
  }

  #afterLogin(): ClientAccessEvent {
    const { configuration } = this.#services.policy;
    if (configuration === 'pull') return { type: 'pull.due' };
    const isPushMissing = configuration === 'push' && this.#entry.configuration === undefined;
    return { type: isPushMissing ? 'push.expected' : 'granted' };
  }

  respond(request: AttributesPayload): AttributesPayload {
    this.#next = undefined;
    if (request.messageType === ConfigurationType.request) {
      return isXauth(request) ? this.#giveCredentials(request) : configurationReply(request, {});
    }
    if (request.messageType === ConfigurationType.set) {
      return isXauth(request) ? this.#takeStatus(request) : this.#takeConfiguration(request);
    }
    throw new Discard('unexpected-state', `nothing was asked that type ${request.messageType} could answer`);
  }

  #giveCredentials(request: AttributesPayload): AttributesPayload {
    const { policy, setting, nowNs } = this.#services;
    const client = policy.xauth?.client;
    const reply =
      client === undefined
        ? undefined
        : credentialsReply(
            request,
            credentialsAt(setting.suite, client.user, client.secret, setting.wallClockMs()),
          );
    if (reply === undefined) {
      this.#next = { type: 'refused', cause: 'xauth-failed' };
      return declineReply(request);
    }
    this.#credentialsSentNs = nowNs;
    this.#next = { type: 'credentials.sent' };
    return reply;
  }

  #takeStatus(set: AttributesPayload): AttributesPayload {
    const isOk = parseStatus(set);
    if (isOk !== undefined) {
      if (this.#credentialsSentNs !== undefined) {
        this.#recordRoundTrip('xauth-1', this.#services.nowNs - this.#credentialsSentNs);
        this.#credentialsSentNs = undefined;
      }
      this.#next = isOk ? this.#afterLogin() : { type: 'refused', cause: 'xauth-failed' };
    }
    return statusAck(set);
  }

  /** What comes unasked to a client that waits for it, asks for it, or does not want it at all. */
  #takeConfiguration(set: AttributesPayload): AttributesPayload {
    if (this.#services.policy.configuration === undefined)
      return configurationAck({ ...set, attributes: [] });
    const isAdopted = this.#adopt(set);
    const isAboutAddress = set.attributes.some(
      ({ type }) =>
        type === ConfigurationAttribute.internalIp4Address ||
        type === ConfigurationAttribute.internalIp6Address,
    );
    // A login that is not over yet has to end first.
    if (isAboutAddress && !this.isAwaitingLogin) {
      this.#next = isAdopted ? { type: 'granted' } : { type: 'refused', cause: 'no-address' };
    }
    return configurationAck(set);
  }

  /** Takes the address over into the quick modes to come; false when there is none. */
  #adopt(payload: AttributesPayload): boolean {
    const configuration = parseConfiguration(payload);
    const { address } = configuration;
    if (address === undefined) return false;
    const entry = this.#entry;
    entry.configuration = configuration;
    entry.phase2Setting = clientTunnelSetting(this.#services.setting, address);
    const { negotiation } = entry;
    if (negotiation !== undefined) {
      this.#services.record({ type: 'address.assigned', negotiation: negotiation.number, address });
    }
    return true;
  }

  responded(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#chart.send(next);
  }

  answered(exchange: TransactionInitiator): void {
    if (exchange !== this.#pull || exchange.answer === undefined || this.#chart.state !== 'pulling') return;
    this.#recordRoundTrip('configuration-1', exchange.elapsedNs);
    const isAdopted = this.#adopt(exchange.answer);
    this.#chart.send(isAdopted ? { type: 'granted' } : { type: 'refused', cause: 'no-address' });
  }

  #recordRoundTrip(name: RoundTrip, elapsedNs: Ns): void {
    const { negotiation } = this.#entry;
    // Rekeying is not what the load schedule asked for.
    if (negotiation === undefined) return;
    this.#services.record({ type: 'round-trip', name, plannedNs: negotiation.plannedNs, elapsedNs });
  }

  quickModeBegan(): void {
    // A gateway may do so at any time.
  }

  refuseWith(cause: FailureCause): void {
    this.#chart.send({ type: 'refused', cause });
  }

  abandon(): void {
    this.#chart.send({ type: 'abandoned' });
  }

  timerFired(_timer: Timer): void {
    this.#chart.send({ type: 'wait.expired' });
  }

  wait(): void {
    const { nowNs, policy } = this.#services;
    this.#services.setTimer(this.#timer, nowNs + giveUpAfterNs(policy.retransmit));
  }

  requestConfiguration(): void {
    const { random } = this.#services.setting;
    const [high = 0, low = 0] = random(2);
    // A client that replaces its SA wants to keep its address.
    const wanted = this.#entry.replaces?.configuration?.address;
    const family = wanted === undefined ? this.#wantedFamily() : familyOf(wanted);
    this.#pull = beginTransaction(this.#services, this.#entry, {
      payload: configurationRequest((high << 8) | low, family, wanted),
      timeoutCause: 'no-address',
    });
  }

  /** That of the network to be reached; IPv4 where the policy names none. */
  #wantedFamily(): AddressFamily {
    const idType = this.#services.policy.remoteSelector?.idType;
    const isIpv6 = idType === IdentificationType.ipv6Address || idType === IdentificationType.ipv6Subnet;
    return isIpv6 ? 'ipv6' : 'ipv4';
  }

  reportProgress(): void {
    this.#services.later({ type: 'access.configuring', entry: this.#entry });
  }

  grant(): void {
    this.#pull?.abandon();
    this.#pull = undefined;
    this.#services.later({ type: 'access.granted', entry: this.#entry });
  }

  timeOutLogin(): void {
    this.refuse('timeout-xauth');
  }

  timeOutPush(): void {
    this.refuse('no-address');
  }

  refuse(cause: FailureCause): void {
    this.stopWaiting();
    this.#services.later({ type: 'access.failed', entry: this.#entry, cause });
  }

  stopWaiting(): void {
    this.#services.cancelTimer(this.#timer);
    this.#pull?.abandon();
  }
}
