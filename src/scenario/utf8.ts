/** Texts of a scenario as octets. */

/**
 * The text in UTF-8. What is plain ASCII, as most names of peers are, is not encoded by the engine, whose
 * results have memory outside of the heap: every peer of a simulation keeps one.
 */
export function utf8Octets(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > LAST_ASCII) return ENCODER.encode(text);
    octets[i] = code;
  }
  return octets;
}

const ENCODER = new TextEncoder();
const LAST_ASCII = 0x7f;
