import { describe, expect, it } from 'vitest';
import { createPopulation } from '../../src/scenario/expand.ts';
import { complaint, scenarioOf } from './sample.ts';

const OFFICE = `name: office
segments: { finance: [10.1.0.0/16, 10.78.1.9] }
peers:
  finance: { count: 2, addresses: 192.0.2.0/28, psk: x, segment: finance }
  guests: { count: 2, addresses: 192.0.2.16/28, psk: x }
  gate: { role: gateway, addresses: 203.0.113.1 }
connections:
  - { from: finance, to: gate }
  - { from: guests, to: gate }
load: { executor: storm }
`;

describe('segments', () => {
  const permitted = createPopulation(scenarioOf(OFFICE)).permittedNetworksFor(4);

  it('are what a gateway lets those of a group use', () => {
    expect(permitted?.('192.0.2.1', undefined)?.map(({ data }) => [...data])).toEqual([
      [10, 1, 0, 0, 255, 255, 0, 0],
      [10, 78, 1, 9],
    ]);
  });

  it('confine nobody who is in none, and leave nothing to strangers', () => {
    expect(permitted?.('192.0.2.17', undefined)).toBeUndefined();
    expect(permitted?.('198.51.100.1', undefined)).toEqual([]);
  });

  it('are not there in a scenario without them', () => {
    const text = OFFICE.replace(/segments: .*\n/, '').replace(', segment: finance', '');
    expect(createPopulation(scenarioOf(text)).permittedNetworksFor(4)).toBeUndefined();
  });

  it('have to exist, with networks that are some', () => {
    expect(complaint(OFFICE.replace('segment: finance', 'segment: finanze'))).toMatch(
      /there is no segment "finanze"[\s\S]*finance/,
    );
    expect(complaint(OFFICE.replace('10.1.0.0/16', '10.1.0.0/33'))).toMatch(/10\.1\.0\.0\/33/);
  });
});
