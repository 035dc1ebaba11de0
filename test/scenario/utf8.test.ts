import { describe, expect, it } from 'vitest';
import { utf8Octets } from '../../src/scenario/utf8.ts';

describe('texts of a scenario', () => {
  it.each(['', 'worker-1@example.test', '\u0000\u007f', 'Müller', '中文 😀', 'a\ud800'])(
    'become the octets that every encoder of UTF-8 makes of %j',
    (text) => {
      expect([...utf8Octets(text)]).toEqual([...new TextEncoder().encode(text)]);
    },
  );
});
