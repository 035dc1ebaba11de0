import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../../src/ike/wire/decode.ts';
import { encodeMessage } from '../../../src/ike/wire/encode.ts';
import { FragmentReassembler, splitIntoFragments } from '../../../src/ike/wire/fragment.ts';
import type { FragmentPayload } from '../../../src/ike/wire/message.ts';

/** A message of `length` octets whose nonce is filled with `filling`. */
function message(length: number, filling = 0): Uint8Array {
  return encodeMessage(
    {
      initiatorCookie: new Uint8Array(8).fill(1),
      responderCookie: new Uint8Array(8).fill(2),
      version: 0x10,
      exchangeType: 0x20,
      flags: 0,
      messageId: 77,
    },
    [{ kind: 'nonce', data: new Uint8Array(length - 32).fill(filling) }],
  );
}

/** Fragments as a receiver sees them; `dataLength` octets of the message in each. */
function fragmentsOf(octets: Uint8Array, dataLength: number, fragmentId = 1): FragmentPayload[] {
  return splitIntoFragments(octets, { fragmentId, maximumOctets: dataLength + 36, exchangeType: 2 }).map(
    (piece) => decodeMessage(piece).payloads[0] as FragmentPayload,
  );
}

function at(fragments: readonly FragmentPayload[], number: number): FragmentPayload {
  return fragments[number - 1] as FragmentPayload;
}

describe('splitting a message', () => {
  it('makes messages that are no longer than asked for and have the cookies of the whole', () => {
    const whole = message(100);
    const pieces = splitIntoFragments(whole, { fragmentId: 5, maximumOctets: 76, exchangeType: 4 });
    expect(pieces.map(({ length }) => length)).toEqual([76, 76, 56]);
    for (const [index, piece] of pieces.entries()) {
      const { header, payloads } = decodeMessage(piece);
      expect(header).toMatchObject({
        initiatorCookie: new Uint8Array(8).fill(1),
        responderCookie: new Uint8Array(8).fill(2),
        nextPayload: 0x84,
        version: 0x10,
        exchangeType: 4,
        flags: 0,
        messageId: 0,
      });
      expect(payloads).toMatchObject([
        { kind: 'fragment', fragmentId: 5, number: index + 1, isLast: index === 2 },
      ]);
    }
  });

  it('makes one fragment of a short message', () => {
    expect(fragmentsOf(message(40), 100)).toMatchObject([{ number: 1, isLast: true }]);
  });

  it('refuses a size without room for data, and more than 255 fragments', () => {
    const options = { fragmentId: 1, exchangeType: 2 };
    expect(() => splitIntoFragments(message(40), { ...options, maximumOctets: 36 })).toThrow(RangeError);
    expect(() => splitIntoFragments(message(256), { ...options, maximumOctets: 37 })).toThrow(RangeError);
    expect(splitIntoFragments(message(255), { ...options, maximumOctets: 37 })).toHaveLength(255);
  });
});

describe('reassembly', () => {
  it('gives the message back, in whatever order the fragments come', () => {
    const whole = message(100, 3);
    const fragments = fragmentsOf(whole, 40);
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
    ]) {
      const reassembler = new FragmentReassembler();
      const outcomes = order.map((number) => reassembler.add(at(fragments, number)));
      expect(outcomes.map(({ type }) => type)).toEqual(['incomplete', 'incomplete', 'complete']);
      expect(outcomes[2]).toEqual({ type: 'complete', octets: whole });
      expect(reassembler.incompleteMessages).toBe(0);
    }
  });

  it('takes a fragment once', () => {
    const fragments = fragmentsOf(message(100), 40);
    const reassembler = new FragmentReassembler();
    reassembler.add(at(fragments, 2));
    expect(reassembler.add(at(fragments, 2))).toEqual({ type: 'duplicate' });
    reassembler.add(at(fragments, 1));
    expect(reassembler.add(at(fragments, 3)).type).toBe('complete');
  });

  it('does not depend on the memory of datagrams', () => {
    const whole = message(100, 3);
    const fragments = fragmentsOf(whole, 40);
    const reassembler = new FragmentReassembler();
    for (const fragment of fragments.slice(0, 2)) {
      reassembler.add(fragment);
      fragment.data.fill(0xee);
    }
    expect(reassembler.add(at(fragments, 3))).toEqual({ type: 'complete', octets: whole });
  });

  it('keeps messages of different ids apart', () => {
    const first = fragmentsOf(message(60, 1), 40, 1);
    const second = fragmentsOf(message(60, 2), 40, 2);
    const reassembler = new FragmentReassembler();
    reassembler.add(at(first, 1));
    reassembler.add(at(second, 1));
    expect(reassembler.add(at(first, 2))).toEqual({ type: 'complete', octets: message(60, 1) });
    expect(reassembler.add(at(second, 2))).toEqual({ type: 'complete', octets: message(60, 2) });
  });

  it('begins anew when the same id brings another message', () => {
    const lost = fragmentsOf(message(100, 1), 40);
    const next = fragmentsOf(message(60, 2), 40);
    const reassembler = new FragmentReassembler();
    reassembler.add(at(lost, 2));
    expect(reassembler.add(at(next, 2))).toEqual({ type: 'restarted' });
    expect(reassembler.add(at(next, 1))).toEqual({ type: 'complete', octets: message(60, 2) });
  });

  it('begins anew when a number lies beyond the last one, or the last one before a number', () => {
    const long = fragmentsOf(message(160), 40);
    const short = fragmentsOf(message(60), 40);
    const reassembler = new FragmentReassembler();
    reassembler.add(at(short, 2));
    expect(reassembler.add(at(long, 3))).toEqual({ type: 'restarted' });
    expect(reassembler.add(at(short, 2))).toEqual({ type: 'restarted' });
    expect(reassembler.incompleteMessages).toBe(1);
  });

  it('does not mix a leftover into a message of another length', () => {
    const old = fragmentsOf(message(60, 1), 40);
    const current = fragmentsOf(message(70, 2), 40);
    const reassembler = new FragmentReassembler();
    reassembler.add(at(old, 2));
    expect(reassembler.add(at(current, 1))).toEqual({ type: 'restarted' });
    expect(reassembler.add(at(current, 2))).toEqual({ type: 'complete', octets: message(70, 2) });
  });

  it('drops a single fragment that is no message', () => {
    const reassembler = new FragmentReassembler();
    const fragment: FragmentPayload = {
      kind: 'fragment',
      fragmentId: 1,
      number: 1,
      isLast: true,
      data: message(60).subarray(0, 59),
    };
    const dropped = { type: 'dropped', reason: 'length-mismatch' };
    expect(reassembler.add(fragment)).toEqual(dropped);
    expect(reassembler.add({ ...fragment, data: new Uint8Array(3) })).toEqual(dropped);
    expect(reassembler.incompleteMessages).toBe(0);
  });

  it('drops number 0 and numbers beyond the limit', () => {
    const reassembler = new FragmentReassembler({ fragments: 2, octets: 1000, messages: 1 });
    const [first] = fragmentsOf(message(60), 40) as [FragmentPayload];
    expect(reassembler.add({ ...first, number: 0 })).toEqual({ type: 'dropped', reason: 'number-zero' });
    expect(reassembler.add({ ...first, number: 3 })).toEqual({ type: 'dropped', reason: 'limit-fragments' });
    expect(reassembler.incompleteMessages).toBe(0);
  });

  it('forgets a message that grows beyond the limit of octets', () => {
    const fragments = fragmentsOf(message(100), 40);
    const reassembler = new FragmentReassembler({ fragments: 10, octets: 79, messages: 1 });
    expect(reassembler.add(at(fragments, 1)).type).toBe('incomplete');
    expect(reassembler.add(at(fragments, 2))).toEqual({ type: 'dropped', reason: 'limit-octets' });
    expect(reassembler.incompleteMessages).toBe(0);
  });

  it('gives the place of the oldest message to a new one', () => {
    const reassembler = new FragmentReassembler({ fragments: 10, octets: 1000, messages: 2 });
    for (const id of [1, 2, 3]) reassembler.add(at(fragmentsOf(message(60), 40, id), 1));
    expect(reassembler.incompleteMessages).toBe(2);
    expect(reassembler.add(at(fragmentsOf(message(60), 40, 1), 2)).type).toBe('incomplete');
    expect(reassembler.add(at(fragmentsOf(message(60), 40, 3), 2)).type).toBe('complete');
  });

  it('forgets everything when told to', () => {
    const reassembler = new FragmentReassembler();
    reassembler.add(at(fragmentsOf(message(60), 40), 1));
    reassembler.clear();
    expect(reassembler.incompleteMessages).toBe(0);
  });
});
