import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCaptureLog } from '../../src/worker/capture-log.ts';
import { endpointOf } from '../harness/echo-peer.ts';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'ikestorm-test-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const datagram = {
  timeNs: 1,
  from: endpointOf(1),
  to: endpointOf(2),
  octets: Uint8Array.of(1, 2, 3),
  isRetransmission: false,
};
const keys = {
  type: 'keys.child',
  initiatorCookie: new Uint8Array(8),
  messageId: 1,
  keys: [],
} as const;

describe("a worker's part of the capture", () => {
  it('is on disk after each flush', () => {
    const log = createCaptureLog(path, 3);
    log.datagram(datagram);
    log.fact(keys);
    log.fact({ type: 'retransmitted' });
    log.flush();
    expect(statSync(join(path, 'capture-3.part')).size).toBeGreaterThan(3);
    expect(readFileSync(join(path, 'keys-3.part'), 'utf8').split('\n')).toHaveLength(2);
    expect(log.failure).toBeUndefined();
    log.close();
  });

  it('ends with a reason, and without an exception, when it cannot be written', () => {
    const log = createCaptureLog(join(path, 'missing'), 0);
    expect(log.failure).toContain('ENOENT');
    log.datagram(datagram);
    log.fact(keys);
    log.flush();
    log.close();
  });
});
