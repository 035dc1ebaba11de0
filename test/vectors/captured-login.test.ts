import { expect, it } from 'vitest';
import { createCryptoSuite } from '../../src/crypto/registry.ts';
import { requirePayload } from '../../src/ike/v1/incoming.ts';
import { configurationReply, parseConfiguration, wantedAddress } from '../../src/ike/v1/mode-config.ts';
import { isRight } from '../../src/ike/v1/user-secret.ts';
import {
  credentialsReply,
  isXauth,
  parseCredentials,
  parseStatus,
  statusAck,
} from '../../src/ike/v1/xauth.ts';
import type { AttributesPayload } from '../../src/ike/wire/message.ts';
import { ExchangeType } from '../../src/ike/wire/numbers.ts';
import { asciiOctets, fromHex } from '../../src/ike/wire/octets.ts';
import { readCapture } from '../harness/capture.ts';
import { decryptCapture, parseKeyTable } from '../harness/decrypt-capture.ts';
import { describeVectors, readVectorText, vectorPath } from '../harness/vectors.ts';

const suite = createCryptoSuite('fastest');

function readTransactions(): AttributesPayload[] {
  const datagrams = readCapture(vectorPath('wireshark/ikev1-bug-12610.pcapng.gz'));
  const keys = parseKeyTable(readVectorText('wireshark/ikev1_decryption_table.tmpl'));
  return decryptCapture(datagrams, keys, suite).flatMap((message) =>
    message.state === 'decrypted' && message.header.exchangeType === ExchangeType.transaction
      ? [requirePayload(message.payloads, 'attributes')]
      : [],
  );
}

const mpa = asciiOctets('mpa');

/** An Android phone (racoon) logs in at a strongSwan gateway and pulls its address. */
describeVectors('a login by XAUTH and an address by mode-config (wireshark/ikev1-bug-12610)', () => {
  const transactions = readTransactions();

  it('is read as its ends read it', () => {
    expect(transactions.map(isXauth)).toEqual([true, true, true, true, false, false]);
    const [, reply, set, , request, given] = transactions;
    expect(reply && parseCredentials(reply)).toEqual({ user: mpa, password: mpa });
    expect(set && parseStatus(set)).toBe(true);
    expect(request && wantedAddress(request)).toEqual({ family: 'ipv4' });
    expect(given && parseConfiguration(given)).toEqual({
      address: Uint8Array.of(10, 1, 1, 1),
      dnsServers: [],
      splitNetworks: [fromHex('0a010000 ffff0000')],
    });
  });

  it('would have let the user in here too, whose password ends with a zero octet on the way', () => {
    const credentials = transactions[1] && parseCredentials(transactions[1]);
    expect(credentials && isRight(suite, { password: mpa }, credentials, 0)).toBe(true);
  });

  it('is answered by us as by the phone and by the gateway', () => {
    const [asked, reply, set, ack, request, given] = transactions;
    const ours = asked && credentialsReply(asked, { user: mpa, password: asciiOctets('mpa\0') });
    expect(ours).toMatchObject({
      messageType: 2,
      identifier: reply?.identifier,
      attributes: reply?.attributes,
    });
    const ownAck = set && statusAck(set);
    expect(ownAck).toMatchObject({ messageType: ack?.messageType, identifier: ack?.identifier });
    expect(ownAck?.attributes.map(({ type }) => type)).toEqual(ack?.attributes.map(({ type }) => type));
    const configuration = given && parseConfiguration(given);
    const ownReply = request && configuration && configurationReply(request, configuration);
    expect(ownReply).toMatchObject({
      messageType: 2,
      identifier: given?.identifier,
      attributes: given?.attributes,
    });
  });
});
