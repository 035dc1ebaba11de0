/** When two X.500 names are the same. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { DerTag, encodeDer } from '../../src/pki/der.ts';
import { isName, isSameName } from '../../src/pki/distinguished-name.ts';
import { fromHex, fromText } from '../crypto/hex.ts';

const CN = '550403';
const O = '55040a';

type Attribute = readonly [id: string, tag: number, value: Uint8Array];

/** A name; each argument is one set of attributes. */
function nameOf(...sets: readonly (readonly Attribute[])[]): Uint8Array {
  const attribute = ([id, tag, value]: Attribute) =>
    encodeDer(DerTag.sequence, encodeDer(DerTag.objectIdentifier, fromHex(id)), encodeDer(tag, value));
  return encodeDer(DerTag.sequence, ...sets.map((set) => encodeDer(DerTag.set, ...set.map(attribute))));
}

const utf8 = (id: string, text: string): Attribute => [id, DerTag.utf8String, fromText(text)];
const printable = (id: string, text: string): Attribute => [id, DerTag.printableString, fromText(text)];
const bmp = (id: string, text: string): Attribute => [
  id,
  DerTag.bmpString,
  Buffer.from(text, 'utf16le').swap16(),
];
const alice = nameOf([utf8(O, 'Lab')], [utf8(CN, 'Alice Peer')]);

describe('names are the same', () => {
  it.each([
    ['with another kind of string', nameOf([printable(O, 'Lab')], [bmp(CN, 'Alice Peer')])],
    ['in another case', nameOf([utf8(O, 'LAB')], [utf8(CN, 'alice peer')])],
    ['with other spaces', nameOf([utf8(O, ' Lab')], [utf8(CN, 'Alice   Peer ')])],
  ])('%s', (_, other) => {
    expect(isSameName(alice, other)).toBe(true);
  });

  it('with the attributes of one set in another order', () => {
    const one = nameOf([utf8(O, 'Lab'), utf8(CN, 'Alice')]);
    expect(isSameName(one, nameOf([utf8(CN, 'Alice'), utf8(O, 'Lab')]))).toBe(true);
  });
});

describe('names differ', () => {
  it.each([
    ['with another text', nameOf([utf8(O, 'Lab')], [utf8(CN, 'Alice Beer')])],
    ['with another attribute', nameOf([utf8(CN, 'Lab')], [utf8(CN, 'Alice Peer')])],
    ['with sets in another order', nameOf([utf8(CN, 'Alice Peer')], [utf8(O, 'Lab')])],
    ['with two sets in one', nameOf([utf8(O, 'Lab'), utf8(CN, 'Alice Peer')])],
    ['with one set less', nameOf([utf8(O, 'Lab')])],
    ['with a separator in a text', nameOf([utf8(O, `Lab",${CN}="Alice Peer`)])],
    ['with the same octets that are no text', nameOf([utf8(O, 'Lab')], [[CN, 0x04, fromText('Alice Peer')]])],
    ['with nothing', new Uint8Array(0)],
    ['with octets behind', Buffer.concat([alice, Uint8Array.of(0)])],
  ])('%s', (_, other) => {
    expect(isSameName(alice, other)).toBe(false);
    expect(isSameName(other, alice)).toBe(false);
  });
});

describe('octets', () => {
  test.prop([fc.uint8Array({ maxLength: 60 })])('of any kind are compared without an error', (octets) => {
    expect(isSameName(alice, octets)).toBe(false);
    expect(isSameName(octets, octets.slice())).toBe(true);
  });

  it('are a name or not', () => {
    expect(isName(alice)).toBe(true);
    expect(isName(nameOf())).toBe(true);
    expect(isName(nameOf([bmp(CN, 'ab')]).subarray(1))).toBe(false);
    expect(isName(nameOf([[CN, DerTag.bmpString, Uint8Array.of(1)]]))).toBe(false);
  });
});
