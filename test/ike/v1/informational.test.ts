import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incoming } from '../../../src/ike/v1/incoming.ts';
import {
  acceptInformational,
  buildInformational,
  deletePhase1,
  readUnderOtherIv,
} from '../../../src/ike/v1/informational.ts';
import { Discard } from '../../../src/ike/v1/refusal.ts';
import { decodeHeader } from '../../../src/ike/wire/header.ts';
import type { NotificationPayload } from '../../../src/ike/wire/message.ts';
import { Doi, NotifyType, ProtocolId } from '../../../src/ike/wire/numbers.ts';
import { keyedSa } from '../../harness/keyed-sa.ts';
import { endpoint } from '../../harness/policy.ts';

const MESSAGE_ID = 0x1234abcd;

const incoming = (octets: Uint8Array): Incoming => ({
  header: decodeHeader(octets),
  octets,
  payloads: [],
  path: { from: endpoint('10.0.0.2'), to: endpoint('10.0.0.1'), hasMarker: false },
});

function notify(notifyType: number, data = new Uint8Array(0)): NotificationPayload {
  return {
    kind: 'notification',
    doi: Doi.ipsec,
    protocolId: ProtocolId.isakmp,
    spi: new Uint8Array(0),
    notifyType,
    data,
  };
}

describe('an informational message under an IV that the other end does not know', () => {
  const sa = keyedSa();
  const block = fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .filter((iv) => iv.some((octet) => octet !== 6));

  it('cannot be accepted, but read all the same, whatever the IV was', () => {
    fc.assert(
      fc.property(block, fc.uint8Array({ maxLength: 40 }), (iv, data) => {
        const refusal = notify(NotifyType.invalidCertificate, data);
        const message = incoming(buildInformational(sa, MESSAGE_ID, [refusal], iv));
        expect(() => acceptInformational(sa, message)).toThrow(Discard);
        expect(readUnderOtherIv(sa, message)).toMatchObject([
          { kind: 'notification', notifyType: NotifyType.invalidCertificate, data },
        ]);
      }),
    );
  });

  it('is read as a delete where it is one', () => {
    const octets = buildInformational(sa, MESSAGE_ID, [deletePhase1(sa)], new Uint8Array(16).fill(9));
    expect(readUnderOtherIv(sa, incoming(octets))).toMatchObject([{ kind: 'delete' }]);
  });

  it('proves nothing with other keys, after a change of any octet that is left, or when it is cut', () => {
    const octets = buildInformational(
      sa,
      MESSAGE_ID,
      [notify(NotifyType.authenticationFailed)],
      new Uint8Array(16).fill(9),
    );
    expect(readUnderOtherIv(sa, incoming(octets))).toBeDefined();
    expect(readUnderOtherIv(keyedSa({ skeyidATint: 1, cipherKeyTint: 1 }), incoming(octets))).toBeUndefined();
    // All of the hash but what the spoilt first block holds, and the notification; behind those is padding.
    const lastOfUse = 28 + 4 + 32 + 12;
    fc.assert(
      fc.property(
        fc.integer({ min: 28 + 16, max: lastOfUse - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const changed = octets.slice();
          changed[at] = changed[at]! ^ change;
          expect(readUnderOtherIv(sa, incoming(changed))).toBeUndefined();
        },
      ),
    );
    const otherId = octets.slice();
    otherId[23] = otherId[23]! ^ 1;
    expect(readUnderOtherIv(sa, incoming(otherId))).toBeUndefined();
    for (const length of [28, 28 + 15, 28 + 16, 28 + 32]) {
      const cut = octets.slice(0, length);
      new DataView(cut.buffer).setUint32(24, length);
      expect(readUnderOtherIv(sa, incoming(cut))).toBeUndefined();
    }
  });
});
