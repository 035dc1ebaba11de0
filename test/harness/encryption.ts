/** Two ends that know each other's RSA keys, for authentication by public key encryption. */
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { importPrivateKey, importPublicKey } from '../../src/crypto/key-import.ts';
import { createPublicKeyOperations } from '../../src/crypto/public-key.ts';
import type { KnownEnd, KnownEnds } from '../../src/ike/authentication-credentials.ts';
import { isSameIdentity, type Identity } from '../../src/ike/identity.ts';
import type { CertificateSetting, OwnEncryptionKey } from '../../src/ike/v1/isakmp-sa.ts';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { asciiOctets } from '../../src/ike/wire/octets.ts';
import type { PeerPolicy } from '../../src/peer/policy.ts';
import { Pair, type PairSetup } from './pair.ts';

export const METHODS = ['public-key-encryption', 'revised-public-key-encryption'] as const;
export type EncryptionMethod = (typeof METHODS)[number];

export const INITIATOR: Identity = { idType: IdentificationType.fqdn, data: asciiOctets('host.example') };
export const RESPONDER: Identity = { idType: IdentificationType.fqdn, data: asciiOctets('gate.example') };

export interface TestKey extends OwnEncryptionKey {
  readonly privateObject: KeyObject;
}

/** As small as keys may be: tests make many negotiations. */
export function testKey(name: string, modulusLength = 1024): TestKey {
  const { privateKey: privateObject } = generateKeyPairSync('rsa', { modulusLength });
  const publicKey = importPublicKey(privateObject);
  return {
    privateObject,
    privateKey: importPrivateKey(privateObject),
    publicKey,
    length: publicKey.length,
    certificate: asciiOctets(`certificate of ${name}`),
    rejectionSecret: asciiOctets(`rejection secret of ${name}`),
  };
}

export const INITIATOR_KEY = testKey('initiator');
export const RESPONDER_KEY = testKey('responder');
export const SECOND_RESPONDER_KEY = testKey('responder, second');

const operations = createPublicKeyOperations();
const trustsNobody = {
  authorityNames: [],
  givenLists: [],
  readList: () => undefined,
  check: () => ({ problem: 'untrusted', text: 'nobody is trusted' }) as const,
};
export const NOBODY: KnownEnds = { responderAt: () => undefined, keyOfInitiator: () => undefined };

export function encryptionSetting(
  own: readonly [TestKey, ...TestKey[]],
  known: Partial<KnownEnds>,
): CertificateSetting {
  return { trust: trustsNobody, operations, encryption: { own, known: { ...NOBODY, ...known } } };
}

export interface EncryptionPairSetup extends PairSetup {
  readonly method: EncryptionMethod;
  /** As the initiator has it. */
  readonly responderEnd?: KnownEnd | undefined;
  readonly responderKeys?: readonly [TestKey, ...TestKey[]];
  /** As the responder has it. */
  readonly keyOfInitiator?: KnownEnds['keyOfInitiator'];
}

/** A pair that authenticates by public key encryption; both ends know each other unless the setup says otherwise. */
export function encryptionPair(setup: EncryptionPairSetup): Pair {
  const { method, responderKeys = [RESPONDER_KEY], keyOfInitiator = keyOfKnownInitiator } = setup;
  const usual: KnownEnd = { identity: RESPONDER, publicKey: responderKeys[0].publicKey };
  const responderEnd = 'responderEnd' in setup ? setup.responderEnd : usual;
  const methods: Partial<PeerPolicy> = { authentication: method, acceptedAuthentications: [method] };
  return new Pair({
    ...setup,
    initiator: { ...methods, identity: INITIATOR, ...setup.initiator },
    responder: { ...methods, identity: RESPONDER, ...setup.responder },
    initiatorCertificates:
      setup.initiatorCertificates ?? encryptionSetting([INITIATOR_KEY], { responderAt: () => responderEnd }),
    responderCertificates:
      setup.responderCertificates ?? encryptionSetting(responderKeys, { keyOfInitiator }),
  });
}

function keyOfKnownInitiator(identity: Identity) {
  return isSameIdentity(identity, INITIATOR) ? INITIATOR_KEY.publicKey : undefined;
}
