/**
 * Kinds of operations whose costs go up and down together from one computer or daemon to another: what a
 * card that is fitted to a few measurements can tell apart.
 */

export const COST_KINDS = ['messages', 'curves', 'moduli', 'certificates'] as const;
/**
 * `messages`: what every message costs, hashes and ciphers included. `curves`, `moduli`: key exchange in groups
 * of elliptic curves and of integers modulo a prime. `certificates`: signatures, RSA, reading certificates.
 */
export type CostKind = (typeof COST_KINDS)[number];

/** Groups modulo a prime by their numbers; all others are curves (IANA, Group Description values). */
const MODULAR_GROUPS: ReadonlySet<string> = new Set(['1', '2', '5', '14', '15', '16', '17', '18']);

/** The kind of an operation by its name on a card. */
export function costKindOf(operation: string): CostKind {
  const [call = '', of = ''] = operation.split(':');
  if (call === 'generate' || call === 'agree') return MODULAR_GROUPS.has(of) ? 'moduli' : 'curves';
  if (call === 'sign' || call === 'verify' || call === 'certificate') return 'certificates';
  return of.startsWith('rsa-') || of.startsWith('ecdsa-') ? 'certificates' : 'messages';
}
