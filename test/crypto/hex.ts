/** Octets from hex digits, white space allowed; a plain Uint8Array as the product's are. */
export function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'));
}

export function toHex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

export function fromText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
