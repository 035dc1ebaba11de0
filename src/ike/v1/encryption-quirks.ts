/** How implementations deviate in authentication by public key encryption (RFC 2409 §5.2, §5.3), as data. */

/** What an implementation does where the RFC is easily misread. */
export interface EncryptionQuirks {
  /** SKEYID is keyed by hash(Ni_b | Nr_b), as the RFC says, or by Ni_b | Nr_b itself. */
  readonly hashesNonces: boolean;
  /** The IV of a payload is the last ciphertext block of the one before, or zero for every payload. */
  readonly chainsIv: boolean;
  /** Whether the last octet of the padding counts itself. */
  readonly countsLengthOctet: boolean;
  /** First octets of an ID payload's body that stay in clear: type, protocol and port, or none. */
  readonly clearIdentityOctets: 0 | 4;
}

export const ENCRYPTION_PROFILES = ['rfc', 'cisco', 'huawei'] as const;
export type EncryptionProfile = (typeof ENCRYPTION_PROFILES)[number];

const RFC: EncryptionQuirks = {
  hashesNonces: true,
  chainsIv: true,
  countsLengthOctet: false,
  clearIdentityOctets: 0,
};

/**
 * Sources: the RFC; what the authors of "The Dangers of Key Reuse" (USENIX Security 2018) had to do
 * in their IPsec-StateMachineExtractor to talk to Cisco IOS (§5.2) and Huawei (§5.3) devices.
 */
export const ENCRYPTION_QUIRKS: Readonly<Record<EncryptionProfile, EncryptionQuirks>> = {
  rfc: RFC,
  cisco: { ...RFC, hashesNonces: false },
  huawei: { ...RFC, chainsIv: false, countsLengthOctet: true, clearIdentityOctets: 4 },
};
