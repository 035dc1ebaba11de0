import { describe, expect, it } from 'vitest';
import { gridOf, parseVariation } from '../../../src/run/sweep/grid.ts';

describe('what is varied', () => {
  it('is a path and its values', () => {
    expect(parseVariation('peers.gateways.count=2,4, 8')).toEqual({
      name: 'peers.gateways.count',
      paths: ['peers.gateways.count'],
      values: ['2', '4', '8'],
    });
  });

  it('keeps commas of lists, maps and texts inside a value, and changes several paths together', () => {
    expect(parseVariation(`a.ike+b.ike=[x, y],{ p: 1, q: [2,3] },"one, two"`)).toEqual({
      name: 'a.ike+b.ike',
      paths: ['a.ike', 'b.ike'],
      values: ['[x, y]', '{ p: 1, q: [2,3] }', '"one, two"'],
    });
  });

  it.each(['peers.count', '=1,2', 'a=', 'a=1,,2', 'a+=1', 'a=1,2,1'])('refuses %j', (text) => {
    expect(() => parseVariation(text)).toThrow(expect.objectContaining({ name: 'PlanError' }));
  });
});

describe('a grid', () => {
  it('has every combination, the last one changing fastest', () => {
    const points = gridOf([parseVariation('a=1,2'), parseVariation('b+c=x,y')]);
    expect(points.map(({ values }) => values.join())).toEqual(['1,x', '1,y', '2,x', '2,y']);
    expect(points[3]?.settings).toEqual(['a=2', 'b=y', 'c=y']);
  });

  it('refuses a path that is varied twice, and more points than can be looked at', () => {
    expect(() => gridOf([parseVariation('a=1,2'), parseVariation('b+a=1,2')])).toThrow(/a is varied twice/);
    const many = ['a', 'b', 'c', 'd'].map((path) =>
      parseVariation(`${path}=${Array.from({ length: 11 }, (_, index) => index).join(',')}`),
    );
    expect(() => gridOf(many)).toThrow(/14641 points/);
  });
});
