/** Text around DER (RFC 7468), as files of certificates and keys have it. */
import { CertificateError } from './certificate-error.ts';

export type PemLabel = 'CERTIFICATE' | 'PRIVATE KEY' | 'X509 CRL';

export interface PemBlock {
  /** `CERTIFICATE`, `X509 CRL`, `PRIVATE KEY`, `RSA PRIVATE KEY` and others. */
  readonly label: string;
  readonly der: Uint8Array;
}

/**
 * All blocks of a text, in their order; what is between them is left out.
 * @throws CertificateError for a block that does not end or is not base64, with its line.
 */
export function readPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { label: string; line: number; body: string } | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, kind, label] = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----\s*$/.exec(line) ?? [];
    if (kind === 'BEGIN' && label !== undefined) {
      if (open !== undefined) throw unfinished(open);
      open = { label, line: index + 1, body: '' };
    } else if (kind === 'END' && open !== undefined) {
      if (label !== open.label) throw unfinished(open);
      blocks.push({ label, der: decodeBase64(open) });
      open = undefined;
    } else if (open !== undefined) {
      open.body += line.trim();
    }
  }
  if (open !== undefined) throw unfinished(open);
  return blocks;
}

/** One block, 64 characters a line. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}

function unfinished({ label, line }: { label: string; line: number }): CertificateError {
  return new CertificateError(`line ${line}: ${label} begins and does not end`);
}

function decodeBase64({ label, line, body }: { label: string; line: number; body: string }): Uint8Array {
  if (body === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(body)) {
    throw new CertificateError(`line ${line}: ${label} is not base64`, {
      hint: 'keys with a password are not supported: take it off with openssl pkey',
    });
  }
  return Uint8Array.from(Buffer.from(body, 'base64'));
}
