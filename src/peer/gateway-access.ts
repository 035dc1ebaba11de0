/** Login and configuration of those who come to this peer. */
import { usesExtendedAuthentication } from '../ike/authentication.ts';
import {
  configurationReply,
  configurationSet,
  familyOf,
  wantedAddress,
  type ClientConfiguration,
  type WantedAddress,
} from '../ike/v1/mode-config.ts';
import { Discard } from '../ike/v1/refusal.ts';
import { ConfigurationType } from '../ike/v1/transaction.ts';
import { isRight } from '../ike/v1/user-secret.ts';
import { credentialsRequest, isXauth, parseCredentials, statusSet } from '../ike/v1/xauth.ts';
import type { AttributesPayload } from '../ike/wire/message.ts';
import { toHex } from '../ike/wire/octets.ts';
import type { Access } from './access.ts';
import type { Chart } from './chart.ts';
import type { PeerServices } from './exchange/services.ts';
import type { TransactionInitiator } from './exchange/transaction-exchange.ts';
import type { FailureCause } from './fact.ts';
import {
  gatewayAccessMachine,
  type GatewayAccessActor,
  type GatewayAccessEvent,
} from './machine/gateway-access.machine.ts';
import type { SaEntry } from './sa-entry.ts';
import { ACCESS_REQUEST } from './server-question.ts';
import { beginTransaction } from './transactions.ts';
import { gatewayTunnelSetting } from './tunnel-setting.ts';

/** Whether anything comes between phase 1 and quick mode of an SA that another peer initiated. */
export function needsGatewayAccess(services: PeerServices, entry: SaEntry): boolean {
  return services.policy.configuration === 'push' || usesExtendedAuthentication(entry.sa.authentication);
}

export class GatewayAccess implements Access, GatewayAccessActor {
  readonly #services: PeerServices;
  readonly #entry: SaEntry;
  readonly #chart: Chart<GatewayAccessEvent>;
  /** One identifier for all that belongs to one login. */
  readonly #identifier: number;
  /** What the client was told or asked last. */
  #telling: TransactionInitiator | undefined;
  #user: Uint8Array | undefined;
  /** What follows from the answer that is being sent. */
  #next: GatewayAccessEvent | undefined;

  constructor(services: PeerServices, entry: SaEntry) {
    this.#services = services;
    this.#entry = entry;
    const [high = 0, low = 0] = services.setting.random(2);
    this.#identifier = (high << 8) | low;
    this.#chart = services.startChart(gatewayAccessMachine, this);
  }

  /** A client whose credentials were right is in, whether or not it has acknowledged that. */
  get isOpen(): boolean {
    const { state } = this.#chart;
    return state === 'open' || state === 'successSent' || state === 'pushing';
  }

  start(): void {
    const hasLogin = usesExtendedAuthentication(this.#entry.sa.authentication);
    this.#chart.send(hasLogin ? { type: 'login.due' } : this.#afterLogin());
  }

  #afterLogin(): GatewayAccessEvent {
    const isPushDue = this.#services.policy.configuration === 'push' && this.#entry.lease === undefined;
    return { type: isPushDue ? 'push.due' : 'granted' };
  }

  respond(request: AttributesPayload): AttributesPayload {
    const isConfigurationRequest = request.messageType === ConfigurationType.request && !isXauth(request);
    if (!isConfigurationRequest || !this.isOpen) {
      throw new Discard(
        'unexpected-state',
        `type ${request.messageType} is not expected: ${this.#chart.state}`,
      );
    }
    this.#next = { type: 'granted' };
    const wanted = wantedAddress(request);
    const given = this.#configuration(wanted);
    if (wanted !== undefined && given.address === undefined) {
      this.#services.record({ type: 'responder.failed', cause: 'no-address' });
    }
    return configurationReply(request, given);
  }

  responded(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#chart.send(next);
  }

  /** What there is for the client, with an address when it wants one. */
  #configuration(wanted: WantedAddress | undefined): ClientConfiguration {
    const { addresses: _addresses, ...network } = this.#services.policy.clientNetwork ?? { addresses: [] };
    const address = wanted === undefined ? undefined : this.#lease(wanted);
    return { ...network, ...(address !== undefined && { address }) };
  }

  #lease(wanted: WantedAddress): Uint8Array | undefined {
    const { addressPool, policy, setting } = this.#services;
    const entry = this.#entry;
    const first = policy.clientNetwork?.addresses[0]?.first;
    if (addressPool === undefined || first === undefined || familyOf(first) !== wanted.family)
      return undefined;
    if (entry.lease === undefined) {
      entry.lease = addressPool.lease(this.#holder(), wanted.address);
      if (entry.lease !== undefined) {
        entry.phase2Setting = gatewayTunnelSetting(setting, entry.lease.address);
      }
    }
    return entry.lease?.address;
  }

  /** Who has the address: a host that comes again, not another one that uses the same name. */
  #holder(): string {
    const { remote, remoteIdentity } = this.#entry.sa;
    const identity =
      remoteIdentity === undefined ? '' : `${remoteIdentity.idType}:${toHex(remoteIdentity.data)}`;
    const user = this.#user === undefined ? '' : toHex(this.#user);
    return `${identity} ${user} ${remote.address} ${remote.port}`;
  }

  answered(exchange: TransactionInitiator): void {
    if (exchange !== this.#telling || exchange.answer === undefined) return;
    switch (this.#chart.state) {
      case 'credentialsAsked':
        return this.#judge(exchange.answer);
      case 'successSent':
        return this.#chart.send(this.#afterLogin());
      case 'failureSent':
        return this.#chart.send({ type: 'acknowledged' });
      case 'pushing':
        return this.#chart.send(
          this.#entry.lease === undefined ? { type: 'refused', cause: 'no-address' } : { type: 'granted' },
        );
    }
  }

  /** Right away, or when the server of users has answered; who hears nothing of it lets nobody in. */
  #judge(answer: AttributesPayload): void {
    const { policy, questions } = this.#services;
    const credentials = parseCredentials(answer);
    const remote = policy.xauth?.server?.remote;
    if (remote === undefined || credentials === undefined) return this.#decide(credentials);
    questions.ask({ code: ACCESS_REQUEST, remote, name: credentials.user }, (carried) => {
      if (this.#chart.state !== 'credentialsAsked') return;
      this.#decide(carried === undefined ? undefined : credentials);
    });
  }

  #decide(credentials: ReturnType<typeof parseCredentials>): void {
    const { policy, setting } = this.#services;
    const secret = credentials === undefined ? undefined : policy.xauth?.server?.users(credentials.user);
    const isLetIn =
      credentials !== undefined &&
      secret !== undefined &&
      isRight(setting.suite, secret, credentials, setting.wallClockMs());
    if (isLetIn) this.#user = credentials.user.slice();
    this.#chart.send({ type: isLetIn ? 'credentials.right' : 'credentials.wrong' });
  }

  quickModeBegan(): void {
    this.#chart.send({ type: 'granted' });
  }

  refuseWith(cause: FailureCause): void {
    this.#chart.send({ type: 'refused', cause });
  }

  abandon(): void {
    this.#chart.send({ type: 'abandoned' });
  }

  #tell(payload: AttributesPayload, timeoutCause: FailureCause): void {
    this.#telling = beginTransaction(this.#services, this.#entry, { payload, timeoutCause });
  }

  askForCredentials(): void {
    const { factors = ['password'], message } = this.#services.policy.xauth?.server ?? {};
    this.#tell(credentialsRequest(this.#identifier, factors, message), 'timeout-xauth');
  }

  sendSuccess(): void {
    this.#tell(statusSet(this.#identifier, true), 'timeout-xauth');
  }

  sendFailure(): void {
    this.#tell(statusSet(this.#identifier, false), 'xauth-failed');
  }

  pushConfiguration(): void {
    const first = this.#services.policy.clientNetwork?.addresses[0]?.first;
    const family = first === undefined ? 'ipv4' : familyOf(first);
    this.#tell(configurationSet(this.#identifier, this.#configuration({ family })), 'no-address');
  }

  stopTelling(): void {
    this.#telling?.abandon();
    this.#telling = undefined;
  }

  deny(cause: FailureCause): void {
    this.#telling?.abandon();
    this.#services.later({ type: 'access.failed', entry: this.#entry, cause });
  }

  denyUser(): void {
    this.deny('xauth-failed');
  }

  recordDeniedUser(): void {
    this.#services.record({ type: 'responder.failed', cause: 'xauth-failed' });
  }
}
