/** Where private keys come from: from a folder where they were made before, or new. */
import { generatePrivateKey, type KeyKind } from './key-kind.ts';
import type { DiskCache } from './disk-cache.ts';

export interface KeySource {
  /** The private key (PKCS#8, DER) of this kind for this purpose; the same purpose has the same key. */
  keyFor(kind: KeyKind, purpose: string): Promise<Uint8Array>;
}

/** Keys from a cache. A purpose that is asked for several times at once has its key made once. */
export function createKeySource(cache: DiskCache): KeySource {
  const keys = new Map<string, Promise<Uint8Array>>();
  return {
    keyFor(kind, purpose) {
      const id = `${kind} ${purpose}`;
      const known = keys.get(id);
      if (known !== undefined) return known;
      const key = cache.keep('PRIVATE KEY', [kind, purpose], () => generatePrivateKey(kind));
      keys.set(id, key);
      return key;
    },
  };
}
