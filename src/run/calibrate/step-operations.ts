/** What the steps of the protocol cost that are no cryptography. */
import { createModelledSuite } from '../../crypto/modelled.ts';
import type { OperationCost, StepOperation } from '../../cpu/calibration-card.ts';
import { decodeMessage } from '../../ike/wire/decode.ts';
import { encodeMessage } from '../../ike/wire/encode.ts';
import { decodeHeader } from '../../ike/wire/header.ts';
import { COOKIE_LENGTH, HeaderFlag, IdentificationType } from '../../ike/wire/numbers.ts';
import { createIsakmpSa } from '../../ike/v1/isakmp-sa.ts';
import { createSaEntry } from '../../peer/sa-entry.ts';
import { SaTable } from '../../peer/sa-table.ts';
import { CertificateMemory } from '../../pki/certificate-memory.ts';
import { createRandomStream } from '../../random/stream.ts';
import { measureDatagrams } from '../../runtime/udp/datagram-cost.ts';
import { createUserLookup } from '../../scenario/login.ts';
import { measureCall, measuredOf } from './measure-operation.ts';
import type { MeasuredCall } from './measure-operation.ts';
import { createTrialVillage } from './trial-village.ts';

export type StepCosts = Readonly<Record<StepOperation, OperationCost>>;

const DATAGRAMS = 2_000;
const DATAGRAM_BATCHES = 9;
/** Much more code than one operation has. */
const EVENT_WARM_UP_US = 2_000_000;
/** Garbage is a part of what things cost, so that each batch has to have its share of it. */
const EVENT_BATCH_US = 250_000;
const LONG = { warmUpUs: 500_000, batchUs: 60_000 };
const TABLE_ENTRIES = 10_000;
/** A step's cost was taken from real messages and holds for what IKE sends. */
const DATAGRAM_OCTETS_MAXIMUM = 65_507;

/** Sends datagrams to the loopback interface only. */
export async function measureSteps(): Promise<StepCosts> {
  const messages = clearMessages();
  const parse = overMessages(
    messages,
    ({ octets }) =>
      () =>
        decodeMessage(octets),
  );
  const encode = overMessages(
    messages,
    ({ header, payloads }) =>
      () =>
        encodeMessage(header, payloads),
  );
  const rounds = await measureDatagrams(messages[0]?.octets.length ?? 0, DATAGRAMS, DATAGRAM_BATCHES);
  // Both directions go through the same layers of the system and of Node.js.
  const way = measuredOf(rounds.map((roundNs) => roundNs / 2));
  return {
    parse,
    encode,
    event: perCall(measureEvent(parse, encode)),
    receive: perCall(way),
    send: perCall(way),
    'look-up': perCall(measureCall({ call: lookUp() })),
    certificate: perCall(measureCall({ call: await readCertificate(), ...LONG })),
    'log-in': perCall(measureCall({ call: logIn() })),
  };
}

function perCall({ callNs, spread }: MeasuredCall): OperationCost {
  return { callNs, octetNs: 0, octetsMinimum: 0, octetsMaximum: DATAGRAM_OCTETS_MAXIMUM, spread };
}

type ClearMessage = ReturnType<typeof clearMessages>[number];

/** The messages of main mode that are not encrypted. */
function clearMessages() {
  const { datagrams } = createTrialVillage(createModelledSuite());
  return datagrams
    .filter((octets) => (decodeHeader(octets).flags & HeaderFlag.encryption) === 0)
    .map((octets) => ({ octets, ...decodeMessage(octets) }));
}

/** The mean over the messages, as a cost of a call: what matters is how many payloads there are, not how long they are. */
function overMessages(messages: readonly ClearMessage[], prepare: (message: ClearMessage) => () => unknown) {
  const calls = messages.map(prepare);
  const call = (): void => {
    for (const each of calls) each();
  };
  return perCall(measureCall({ call, calls: calls.length, ...LONG }));
}

/** All that two peers do for an event of a negotiation, less what is charged by itself. Cryptography is the modelled one, which costs little. */
function measureEvent(parse: OperationCost, encode: OperationCost): MeasuredCall {
  const village = createTrialVillage(createModelledSuite());
  const events = village.negotiate();
  const { callNs, spread } = measureCall({
    call: village.negotiate,
    calls: events,
    warmUpUs: EVENT_WARM_UP_US,
    batchUs: EVENT_BATCH_US,
  });
  const wireShare = village.datagrams.length / events;
  return { callNs: Math.max(0, callNs - wireShare * (parse.callNs + encode.callNs)), spread };
}

function lookUp(): () => unknown {
  const table = new SaTable();
  const { octets } = createRandomStream({ seed: 1, entity: 0, purpose: 'calibrate' });
  const cookies = Array.from({ length: TABLE_ENTRIES }, () => octets(COOKIE_LENGTH));
  const endpoint = { address: '192.0.2.1', port: 500, octets: Uint8Array.of(192, 0, 2, 1) };
  for (const initiatorCookie of cookies) {
    const responderCookie = initiatorCookie;
    const ends = { own: endpoint, remote: endpoint, hasMarker: false };
    table.add(
      createSaEntry(
        createIsakmpSa({ isInitiator: false, mode: 'main', initiatorCookie, responderCookie, ...ends }),
      ),
    );
  }
  let next = 0;
  return () => table.find(cookies[next++ % TABLE_ENTRIES]!);
}

async function readCertificate(): Promise<() => unknown> {
  const year = new Date().getUTCFullYear();
  const validity = { notBeforeMs: Date.UTC(year - 1, 0, 1), notAfterMs: Date.UTC(year + 1, 0, 1) };
  // Only where it is needed: every command starts with the imports of all.
  const { createCertificateAuthority } = await import('../../pki/certificate-authority.ts');
  const authority = await createCertificateAuthority({ name: 'calibrate', kind: 'ecdsa-256', validity });
  const identity = { idType: IdentificationType.fqdn, data: new TextEncoder().encode('peer.example') };
  const { chain } = await authority.issue({ identity });
  // A new memory each time: a known certificate is not read again.
  return () => new CertificateMemory().read(chain[0]!);
}

function logIn(): () => unknown {
  const encoder = new TextEncoder();
  const users = Array.from({ length: TABLE_ENTRIES }, (_, index) => encoder.encode(`user-${index}`));
  const secret = { password: encoder.encode('wonderland') };
  const find = createUserLookup(() => users.map((user) => ({ user, secret })));
  let next = 0;
  return () => find(users[next++ % TABLE_ENTRIES]!);
}
