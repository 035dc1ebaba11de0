import { describe, expect, it } from 'vitest';
import { canRedraw, hasColor } from '../../src/cli/terminal.ts';

const tty = { isTTY: true };
const pipe = {};

describe('colour', () => {
  it('is for a person at a terminal, not for a pipe', () => {
    expect(hasColor(tty, {}, true)).toBe(true);
    expect(hasColor(pipe, {}, true)).toBe(false);
    expect(hasColor(tty, { TERM: 'dumb' }, true)).toBe(false);
  });

  it('is switched off by --no-color and NO_COLOR before anything else', () => {
    expect(hasColor(tty, { FORCE_COLOR: '1' }, false)).toBe(false);
    expect(hasColor(tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
    expect(hasColor(tty, { NO_COLOR: '' }, true)).toBe(true);
  });

  it('is forced by FORCE_COLOR, and refused by FORCE_COLOR=0', () => {
    expect(hasColor(pipe, { FORCE_COLOR: '1' }, true)).toBe(true);
    expect(hasColor(tty, { FORCE_COLOR: '0' }, true)).toBe(false);
  });
});

describe('drawing over a frame', () => {
  it('is for terminals that can, outside of CI', () => {
    expect(canRedraw(tty, {})).toBe(true);
    expect(canRedraw(pipe, {})).toBe(false);
    expect(canRedraw({ isTTY: true, columns: 0 }, {})).toBe(false);
    expect(canRedraw(tty, { TERM: 'dumb' })).toBe(false);
    expect(canRedraw(tty, { CI: 'true' })).toBe(false);
  });
});
