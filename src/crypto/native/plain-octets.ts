/**
 * The same memory as a plain Uint8Array. A Buffer must not leave this room: its `slice` shares
 * memory where that of Uint8Array copies, and code would differ by backend.
 */
export function plainOctets(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
