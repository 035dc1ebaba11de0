/** A received message on its way to an exchange, and picking payloads out of it. */
import type { Endpoint } from '../endpoint.ts';
import type { Header, Payload, PayloadKind } from '../wire/message.ts';
import { Discard } from './refusal.ts';

export interface Incoming {
  readonly header: Header;
  /** The whole message, without non-ESP marker. */
  readonly octets: Uint8Array;
  /** Decoded payloads of a clear message; empty for an encrypted one. */
  readonly payloads: readonly Payload[];
  /** Which way it came. */
  readonly path: Path;
}

export interface Path {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Whether a non-ESP marker stood before the message. */
  readonly hasMarker: boolean;
}

type PayloadOfKind<K extends PayloadKind> = Extract<Payload, { kind: K }>;

export function findPayload<K extends PayloadKind>(
  payloads: readonly Payload[],
  kind: K,
): PayloadOfKind<K> | undefined {
  for (const payload of payloads) if (payload.kind === kind) return payload as PayloadOfKind<K>;
  return undefined;
}

/** @throws Discard `malformed` when there is no such payload. */
export function requirePayload<K extends PayloadKind>(
  payloads: readonly Payload[],
  kind: K,
): PayloadOfKind<K> {
  const payload = findPayload(payloads, kind);
  if (payload === undefined) throw new Discard('malformed', `there is no ${kind} payload`);
  return payload;
}

export const NONCE_LENGTH_MIN = 8;
export const NONCE_LENGTH_MAX = 256;

/** Ni_b or Nr_b. @throws Discard for a length outside RFC 2409 §5. */
export function requireNonce(payloads: readonly Payload[]): Uint8Array {
  const { data } = requirePayload(payloads, 'nonce');
  if (data.length < NONCE_LENGTH_MIN || data.length > NONCE_LENGTH_MAX) {
    throw new Discard('malformed', `a nonce of ${data.length} octets is outside 8 to 256`);
  }
  return data;
}

/** Body of a decoded payload as it came. */
export function bodyOf(payload: Payload): Uint8Array {
  if (payload.raw === undefined) throw new Error('payload was not decoded from octets');
  return payload.raw;
}
