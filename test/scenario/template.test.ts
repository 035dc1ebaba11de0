import { describe, expect, it } from 'vitest';
import { checkTemplate, expandTemplate, isSameForAll, TemplateError } from '../../src/scenario/template.ts';

const PEER = { index: 515, address: '10.1.2.4', group: 'workers' };

describe('templates', () => {
  it.each([
    ['plain', 'plain'],
    ['worker-{number}.test', 'worker-516.test'],
    ['{index}', '515'],
    ['10.{index/256}.{index%256}.0/24', '10.2.3.0/24'],
    ['{address}/32', '10.1.2.4/32'],
    ['{group}@{address}', 'workers@10.1.2.4'],
    ['{{literal}} {index}', '{literal} 515'],
  ])('%s becomes %s', (template, text) => {
    expect(expandTemplate(template, PEER)).toBe(text);
  });

  it.each([
    ['{idnex}', '"{idnex}" has an unknown placeholder {idnex}', 'did you mean "index"?'],
    ['{index', '"{index" has a "{" without its partner', 'write {{ or }} for a brace itself'],
    ['index}', '"index}" has a "}" without its partner', 'write {{ or }} for a brace itself'],
    [
      '{constructor}',
      '"{constructor}" has an unknown placeholder {constructor}',
      'known: {index}, {number}, {index/256}, {index%256}, {address}, {group}',
    ],
  ])('%s is refused', (template, message, hint) => {
    expect(() => checkTemplate(template)).toThrow(expect.objectContaining({ message, hint }));
    expect(() => checkTemplate(template)).toThrow(TemplateError);
  });

  it('know whether peers differ', () => {
    expect(isSameForAll('{group} gate')).toBe(true);
    expect(isSameForAll('{index%256}')).toBe(false);
    expect(isSameForAll('{address}')).toBe(false);
  });
});
