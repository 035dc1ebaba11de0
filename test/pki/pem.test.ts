/** Text around DER: what is read, what is refused. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CertificateError } from '../../src/pki/certificate-error.ts';
import { encodePem, readPem } from '../../src/pki/pem.ts';

describe('PEM', () => {
  test.prop([fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 4 }), fc.boolean()])(
    'is read as it was written, with either line end',
    (all, isDos) => {
      const text = all.map((der) => `# a comment\n${encodePem('CERTIFICATE', der)}`).join('');
      const blocks = readPem(isDos ? text.replaceAll('\n', '\r\n') : text);
      expect(blocks).toEqual(all.map((der) => ({ label: 'CERTIFICATE', der })));
    },
  );

  it('has 64 characters a line', () => {
    expect(encodePem('A', new Uint8Array(49))).toBe(
      `-----BEGIN A-----\n${'A'.repeat(64)}\nAA==\n-----END A-----\n`,
    );
  });

  it.each([
    ['-----BEGIN A-----\nAAAA\n', 'line 1: A begins and does not end'],
    ['\n-----BEGIN A-----\nAAAA\n-----END B-----\n', 'line 2: A begins'],
    ['-----BEGIN A-----\n-----BEGIN B-----\n', 'line 1: A begins'],
    ['-----BEGIN A-----\n-----END A-----\n', 'line 1: A is not base64'],
    ['-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n-----END A-----\n', 'line 1: A is not base64'],
  ])('is refused: %j', (text, message) => {
    expect(() => readPem(text)).toThrow(CertificateError);
    expect(() => readPem(text)).toThrow(message);
  });
});
