/**
 * A folder of things that are dear to make. An entry's name is the hash of everything that decides
 * what it is, so an entry is never out of date; what cannot be read is made again. The folder holds
 * private keys, unencrypted: it is for keys of tests.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CertificateError } from './certificate-error.ts';
import { encodePem, readPem, type PemLabel } from './pem.ts';

/** Goes into every name, so that entries of an older layout are not found. */
const LAYOUT = 1;

export interface DiskCache {
  /** The entry for `content`, or what `make` gives, which is kept. @throws CertificateError when the folder cannot be written. */
  keep(label: PemLabel, content: readonly unknown[], make: () => Promise<Uint8Array>): Promise<Uint8Array>;
}

/** The name of an entry: SHA-256, in hex, of label and content as JSON; content must be JSON values. */
export function contentHash(label: PemLabel, content: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([LAYOUT, label, ...content]))
    .digest('hex');
}

/** A cache in a folder, which is made when it is not there; without a folder, one that keeps nothing. */
export function createDiskCache(folder: string | undefined): DiskCache {
  if (folder === undefined) return { keep: (_label, _content, make) => make() };
  return {
    async keep(label, content, make) {
      const path = join(folder, `${contentHash(label, content)}.pem`);
      const known = await readEntry(path, label);
      if (known !== undefined) return known;
      const made = await make();
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        // Written whole or not at all, also when several processes write the same entry.
        const draft = `${path}.${randomUUID()}`;
        await writeFile(draft, encodePem(label, made), { mode: 0o600 });
        await rename(draft, path);
      } catch (error) {
        throw new CertificateError(`cannot write ${path}`, {
          hint: 'choose another folder for keys and certificates',
          cause: error,
        });
      }
      return made;
    },
  };
}

async function readEntry(path: string, label: PemLabel): Promise<Uint8Array | undefined> {
  try {
    const [block] = readPem(await readFile(path, 'utf8'));
    return block?.label === label ? block.der : undefined;
  } catch {
    return undefined;
  }
}
