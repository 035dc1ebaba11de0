import { createNativeSuite } from '../../src/crypto/native.ts';
import { createNobleSuite } from '../../src/crypto/noble.ts';
import { createCryptoSuite } from '../../src/crypto/registry.ts';

export const native = createNativeSuite();
export const noble = createNobleSuite();
export const fastest = createCryptoSuite('fastest');

/** Every way to come by a suite, for tests of what all must do. */
export const SUITES = [
  ['native', native],
  ['noble', noble],
  ['fastest', fastest],
] as const;
