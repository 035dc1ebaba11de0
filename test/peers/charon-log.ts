/**
 * Reads the keys out of a charon log written with ike = 4, chd = 4 and mgr = 2. charon dumps secrets
 * before it says whose they are; each thread works on one IKE SA at a time, and the line with which it
 * checks the SA in again names its cookies:
 *
 *     11:37:01.123 09[IKE] <main|1> SKEYID_e => 32 bytes @ 0x7f...
 *     11:37:01.123 09[IKE] <main|1>    0: 3A 5F ... 0C  :_..............
 *     11:37:01.124 09[MGR] <main|1> checkin IKEv1 SA main[1] with SPIs 0123456789abcdef_i fedcba9876543210_r
 */

/** Keys of one phase 1 and of the child SAs made under it, as charon logged them; all in lower-case hex. */
export interface LoggedSa {
  readonly initiatorCookie: string;
  readonly responderCookie: string;
  /** By charon's label with spaces as `_`: `SKEYID`, `SKEYID_d`, `encryption_key_Ka`; the last one wins. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly children: readonly LoggedChildSa[];
}

/** One direction of a child SA, seen from charon. */
export interface LoggedChildSa {
  readonly direction: 'in' | 'out';
  /** 8 hex digits. */
  readonly spi: string;
  readonly encryptionKey: string;
  readonly integrityKey: string;
}

interface MutableSa {
  readonly initiatorCookie: string;
  /** Zeros at first, where the initiator wrote the log. */
  responderCookie: string;
  readonly secrets: Map<string, string>;
  readonly children: LoggedChildSa[];
}

/** What one thread has logged since it checked its last SA in. */
interface Pending {
  readonly secrets: [label: string, hex: string][];
  dump: { readonly label: string; hex: string } | undefined;
  direction: 'in' | 'out' | undefined;
  readonly children: LoggedChildSa[];
}

const LINE = /^\S+ (\d+)\[([A-Z]{3})\](?: <[^>]*>)? (.*)$/;
const DUMP_HEAD = /^(.*?)(?: = .*)? => \d+ bytes @ /;
const DUMP_ROW = /^ *\d+: ((?:[0-9A-F]{2} ?)+) /;
const CHECK_IN = /^checkin IKEv1 SA .* with SPIs ([0-9a-f]{16})_i ([0-9a-f]{16})_r/;
const CHILD_DIRECTION = /^adding (in|out)bound ESP SA/;
const CHILD_SPI = /^ *SPI 0x([0-9a-f]+), src /;

/** The phase 1 SAs in a log, by initiator cookie. */
export function parseCharonLog(log: string, role: 'responder' | 'initiator'): Map<string, LoggedSa> {
  const found = new Map<string, MutableSa>();
  const threads = new Map<string, Pending>();
  for (const line of log.split('\n')) {
    const [, thread, , text] = LINE.exec(line) ?? [];
    if (thread === undefined || text === undefined) continue;
    const pending = threads.get(thread) ?? {
      secrets: [],
      dump: undefined,
      direction: undefined,
      children: [],
    };
    threads.set(thread, pending);
    if (readDump(pending, text)) continue;
    const direction = CHILD_DIRECTION.exec(text)?.[1];
    if (direction !== undefined) pending.direction = direction === 'in' ? 'in' : 'out';
    const spi = CHILD_SPI.exec(text)?.[1];
    if (spi !== undefined && pending.direction !== undefined) {
      pending.children.push(childSa(pending, pending.direction, spi.padStart(8, '0'), role));
    }
    const [, initiatorCookie, responderCookie] = CHECK_IN.exec(text) ?? [];
    if (initiatorCookie === undefined || responderCookie === undefined) continue;
    const sa: MutableSa = found.get(initiatorCookie) ?? {
      initiatorCookie,
      responderCookie,
      secrets: new Map(),
      children: [],
    };
    sa.responderCookie = responderCookie;
    found.set(initiatorCookie, sa);
    for (const [label, hex] of pending.secrets) sa.secrets.set(label, hex);
    sa.children.push(...pending.children);
    threads.delete(thread);
  }
  return found;
}

/** Takes a line that begins or continues a hex dump; false for any other, which ends the dump. */
function readDump(pending: Pending, text: string): boolean {
  const row = DUMP_ROW.exec(text)?.[1];
  if (pending.dump !== undefined && row !== undefined) {
    pending.dump.hex += row.slice(0, 47).replaceAll(' ', '').toLowerCase();
    return true;
  }
  if (pending.dump !== undefined) pending.secrets.push([pending.dump.label, pending.dump.hex]);
  pending.dump = undefined;
  const label = DUMP_HEAD.exec(text)?.[1];
  if (label === undefined) return false;
  pending.dump = { label: label.replaceAll(' ', '_'), hex: '' };
  return true;
}

function childSa(
  pending: Pending,
  direction: 'in' | 'out',
  spi: string,
  role: 'responder' | 'initiator',
): LoggedChildSa {
  // "initiator key" protects what the initiator sends, so it is inbound at the responder.
  const side = (direction === 'in') === (role === 'responder') ? 'initiator' : 'responder';
  const last = (label: string): string => pending.secrets.findLast(([name]) => name === label)?.[1] ?? '';
  return {
    direction,
    spi,
    encryptionKey: last(`encryption_${side}_key`),
    integrityKey: last(`integrity_${side}_key`),
  };
}
