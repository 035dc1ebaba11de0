/** `ikestorm serve` as other people's tools see it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCharonLog } from './charon-log.ts';
import { crack, scan, type ScanTransform } from './ike-scan.ts';
import { readKeys, serve, type Served, servedScenario } from './ikestorm.ts';
import { proves } from './proves.ts';
import { type ClientOutcome, connectWithStrongswan } from './strongswan.ts';
import { clientAt } from './strongswan-client.ts';
import { PRE_SHARED_KEY } from './strongswan-config.ts';
import { createWorkPlace } from './work-place.ts';

const IKE = ['aes128-sha1-modp1024', 'aes256-sha256-modp2048', '3des-md5-modp1024'];

/** A gateway with several proposals. */
const SCENARIO = servedScenario({
  count: 200,
  gateway: { ike: IKE, esp: ['aes128-sha256-modp2048', 'aes256gcm16', 'aes128-sha256'] },
});

describe('ike-scan finds ikestorm serve', () => {
  const place = createWorkPlace('scan');
  let served: Served;

  beforeAll(async () => {
    const ports = ['--port', '10500', '--nat-port', '10501'];
    served = await serve(place.namespace, place.folder('serve'), SCENARIO, ports);
  });

  afterAll(() => served.stop());

  const transforms: (readonly [string, ScanTransform])[] = [
    [
      'Enc=AES KeyLength=128 Hash=SHA1 Group=2:modp1024 Auth=PSK',
      { cipher: 7, keyBits: 128, hash: 2, authentication: 1, group: 2 },
    ],
    [
      'Enc=AES KeyLength=256 Hash=SHA2-256 Group=14:modp2048 Auth=PSK',
      { cipher: 7, keyBits: 256, hash: 4, authentication: 1, group: 14 },
    ],
    ['Enc=3DES Hash=MD5 Group=2:modp1024 Auth=PSK', { cipher: 5, hash: 1, authentication: 1, group: 2 }],
  ];

  it.each(transforms)('as a main mode responder that takes %s', async (text, transform) => {
    const answer = await scan(place.namespace, { ...served, transform });
    expect(answer.handshake, answer.line).toBe('Main Mode');
    for (const part of text.split(' ')) expect(answer.transform?.split(' ')).toContain(part);
  });

  it.each(transforms)('as an aggressive mode responder that takes %s', async (text, transform) => {
    const answer = await scan(place.namespace, { ...served, transform, aggressiveIdentity: 'scan.test' });
    expect(answer.handshake, answer.line).toBe('Aggressive Mode');
    for (const part of text.split(' ')) expect(answer.transform?.split(' ')).toContain(part);
  });

  it.each([
    ['main mode', {}],
    ['aggressive mode', { aggressiveIdentity: 'scan.test' }],
  ])('and is told NO-PROPOSAL-CHOSEN for another transform in %s', async (_mode, options) => {
    const transform = { cipher: 7, keyBits: 192, hash: 2, authentication: 1, group: 2 };
    const answer = await scan(place.namespace, { ...served, transform, ...options });
    expect(answer.notification, answer.line).toBe('14 (NO-PROPOSAL-CHOSEN)');
  });

  it.each([
    ['SHA1', { cipher: 7, keyBits: 128, hash: 2, authentication: 1, group: 2 }],
    ['MD5', { cipher: 5, hash: 1, authentication: 1, group: 2 }],
  ])('and psk-crack finds the key in its aggressive mode answer with %s', async (_hash, transform) => {
    const folder = place.folder('crack');
    writeFileSync(`${folder}.dictionary`, `password\nletmein\n${PRE_SHARED_KEY}\nwonderland\n`);
    const pskCrackFile = `${folder}.crack`;
    await scan(place.namespace, { ...served, transform, aggressiveIdentity: 'scan.test', pskCrackFile });
    expect(await crack(place.namespace, pskCrackFile, `${folder}.dictionary`)).toBe(PRE_SHARED_KEY);
  });
});

describe.each([
  {
    title: 'main mode',
    isAggressive: false,
    ike: 'aes256-sha256-modp2048',
    esp: 'aes128-sha256-modp2048',
    ports: [],
  },
  {
    title: 'aggressive mode',
    isAggressive: true,
    ike: 'aes256-sha256-modp2048',
    esp: 'aes256gcm16',
    ports: [],
  },
  {
    title: 'main mode on ports of its own, with the non-ESP marker from the first message on',
    isAggressive: false,
    ike: '3des-md5-modp1024',
    esp: 'aes128-sha256',
    ports: ['--port', '10500', '--nat-port', '10501'],
  },
])('a strongSwan client of ikestorm serve in $title', ({ isAggressive, ike, esp, ports }) => {
  const place = createWorkPlace('client');
  const keys = place.folder('keys');
  let client: ClientOutcome;
  let counters: Record<string, unknown>;
  let exitCode: number | null;

  beforeAll(async () => {
    const served = await serve(place.namespace, place.folder('serve'), SCENARIO, [
      '--key-log',
      keys,
      ...ports,
    ]);
    client = await connectWithStrongswan(
      place.namespace,
      place.folder('client'),
      clientAt(served, { isAggressive, ike, esp }),
    );
    const outcome = await served.stop();
    counters = outcome.counters;
    exitCode = outcome.code;
  });

  it('connects', () => {
    expect(client.output).toMatch(/IKE_SA tunnel\[1\] established between/);
    expect(client.output).toMatch(/CHILD_SA net\{1\} established/);
    expect(client.isEstablished).toBe(true);
  });

  it('is counted, and ikestorm ends in order', () => {
    expect(counters).toMatchObject({
      phase1Established: 1,
      childrenEstablished: 1,
      failures: {},
      losses: {},
    });
    expect(exitCode).toBe(0);
  });

  it('has the keys that ikestorm logged', () => {
    proves('strongSwan', 'initiator', ['equal-keys']);
    const [[cookie, logged] = [], ...others] = parseCharonLog(client.log, 'initiator');
    expect(others).toEqual([]);
    const records = readKeys(keys);
    const phase1 = records.find((record) => record.type === 'phase1');
    expect(phase1).toMatchObject({
      initiatorCookie: cookie,
      skeyid: logged?.secrets.get('SKEYID'),
      skeyidD: logged?.secrets.get('SKEYID_d'),
      skeyidA: logged?.secrets.get('SKEYID_a'),
      skeyidE: logged?.secrets.get('SKEYID_e'),
      cipherKey: logged?.secrets.get('encryption_key_Ka'),
    });
    const child = records.find((record) => record.type === 'child');
    const ours = child?.children.map(({ spi, encryptionKey, integrityKey }) => ({
      spi,
      encryptionKey,
      integrityKey,
    }));
    const theirs = logged?.children.map(({ spi, encryptionKey, integrityKey }) => ({
      spi,
      encryptionKey,
      integrityKey,
    }));
    expect(ours).toHaveLength(2);
    expect(ours).toEqual(expect.arrayContaining(theirs ?? []));
    expect(theirs).toHaveLength(2);
    const table = readFileSync(join(keys, 'ikev1_decryption_table'), 'utf8');
    expect(table).toBe(`${cookie},${logged?.secrets.get('encryption_key_Ka')}\n`);
  });
});
