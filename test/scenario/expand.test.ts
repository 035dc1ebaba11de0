import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdentificationType } from '../../src/ike/wire/numbers.ts';
import { createPopulation, type Population } from '../../src/scenario/expand.ts';
import { InitiatorOrder } from '../../src/scenario/initiator-order.ts';
import { interleavedMode } from '../../src/scenario/interleave.ts';
import { bent, SAMPLE, scenarioOf } from './sample.ts';

const text = (octets: Uint8Array | undefined): string | undefined =>
  octets === undefined ? undefined : new TextDecoder().decode(octets);

/** Two initiating groups, two gateways without keys, one group that answers with a key of its own. */
const OFFICE = `name: office
seed: 5
peers:
  gates: { role: gateway, count: 2, addresses: 192.0.2.0/29, local-network: 10.78.0.0/16 }
  workers:
    count: 5
    addresses: 10.1.0.0/16
    identity: worker-{number}@example.test
    psk: secret {index}
    local-network: "{address}/32"
    remote-network: 10.78.0.0/16
  printers: { count: 3, addresses: "fd00:1::/64", psk: ink }
  servers: { count: 2, addresses: "fd00:2::/64", psk: toner }
connections:
  - { from: workers, to: gates }
  - { from: printers, to: servers, spread: random }
load: { executor: storm, hold: 3s }
`;
const office = (): Population => createPopulation(scenarioOf(OFFICE));

describe('peers', () => {
  it('are numbered group by group in the order of the file', () => {
    const population = office();
    expect(population.peerCount).toBe(12);
    expect(Array.from({ length: 12 }, (_, id) => population.groupOf(id).name[0]).join('')).toBe(
      'ggwwwwwpppss',
    );
    expect(population.indexInGroup(6)).toBe(4);
    expect(population.rangeOf('workers')).toEqual({ first: 2, count: 5 });
    expect(population.rangeOf('toString')).toBeUndefined();
  });

  it('have addresses that lead back to them, and no other addresses do', () => {
    const population = office();
    for (let id = 0; id < population.peerCount; id++) {
      expect(population.idOfAddress(population.addressOf(id))).toBe(id);
    }
    expect(population.addressOf(2)).toBe('10.1.0.1');
    expect([...population.addressOctetsOf(2)]).toEqual([10, 1, 0, 1]);
    for (const stranger of ['10.1.0.6', '10.1.0.0', '192.0.2.3', 'fd00:1::', '8.8.8.8', '']) {
      expect(population.idOfAddress(stranger)).toBeUndefined();
    }
  });

  it('do not exist beyond the last', () => {
    const population = office();
    for (const id of [-1, 12, 1.5, Number.NaN]) {
      expect(() => population.groupOf(id)).toThrow(RangeError);
      expect(() => population.policyOf(id)).toThrow(RangeError);
    }
  });

  it('cost nothing until they are used: ten million are laid out at once', () => {
    const many = scenarioOf(bent(['count: 4', 'count: 9000000'], ['10.1.0.0/24', '10.0.0.0/8']));
    const population = createPopulation(many);
    expect(population.peerCount).toBe(9_000_002);
    expect(population.addressOf(8_999_999)).toBe('10.137.84.64');
    expect(population.responderOf(8_999_999)).toBe(9_000_001);
    expect(population.initiatorAt(8_999_999)).toBe(8_999_999);
  });
});

describe('policies', () => {
  it('hold what differs from peer to peer', () => {
    const policy = office().policyOf(3);
    expect(policy.identity).toEqual({
      idType: IdentificationType.userFqdn,
      data: new TextEncoder().encode('worker-2@example.test'),
    });
    expect(policy.localSelector).toEqual({
      idType: IdentificationType.ipv4Address,
      data: Uint8Array.of(10, 1, 0, 2),
    });
    expect(policy.remoteSelector).toEqual({
      idType: IdentificationType.ipv4Subnet,
      data: Uint8Array.of(10, 78, 0, 0, 255, 255, 0, 0),
    });
  });

  it('identify a peer by its address where nothing else is said', () => {
    const { identity, localSelector } = office().policyOf(7);
    expect(identity).toEqual({ idType: IdentificationType.ipv6Address, data: office().addressOctetsOf(7) });
    expect(localSelector).toBeUndefined();
  });

  it('are one object where nothing differs', () => {
    const population = createPopulation(
      scenarioOf(bent(['psk: secret', 'psk: secret\n    identity: same.test'])),
    );
    expect(population.policyOf(3)).toBe(population.policyOf(0));
    expect(office().policyOf(3)).not.toBe(office().policyOf(2));
  });

  it('take tunnels down on the side that set them up', () => {
    expect(office().policyOf(2).holdNs).toBe(3_000_000_000);
    expect(office().policyOf(0).holdNs).toBeUndefined();
  });

  it('report keys when there is a capture', () => {
    expect(office().policyOf(0).reportKeys).toBe(false);
    expect(createPopulation(scenarioOf(`${SAMPLE}capture: true\n`)).policyOf(0).reportKeys).toBe(true);
  });
});

describe('keys', () => {
  it('are found by address for those who may call, and for nobody else', () => {
    const population = office();
    const lookup = population.preSharedKeyLookupFor(0);
    expect(text(lookup('10.1.0.4', undefined))).toBe('secret 3');
    expect(lookup('10.1.0.6', undefined)).toBeUndefined();
    expect(lookup('fd00:1::1', undefined)).toBeUndefined();
    expect(lookup('192.0.2.2', undefined)).toBeUndefined();
    expect(population.preSharedKeyOf(0)).toBeUndefined();
  });

  it("are a peer's own where it has one", () => {
    const population = office();
    expect(text(population.preSharedKeyLookupFor(5)('192.0.2.1', undefined))).toBe('secret 3');
    expect(text(population.preSharedKeyLookupFor(11)('fd00:1::1', undefined))).toBe('toner');
  });

  it('are UTF-8', () => {
    const population = createPopulation(scenarioOf(bent(['psk: secret', 'psk: schlüssel'])));
    expect(population.preSharedKeyOf(0)).toEqual(new TextEncoder().encode('schlüssel'));
  });
});

describe('responders', () => {
  it('are visited in turn', () => {
    const population = office();
    expect([2, 3, 4, 5, 6].map((id) => population.responderOf(id))).toEqual([0, 1, 0, 1, 0]);
    expect(population.responderOf(0)).toBeUndefined();
  });

  it('are met one to one', () => {
    const population = createPopulation(
      scenarioOf(bent(['count: 2', 'count: 5'], ['to: gates', 'to: gates, spread: one-to-one'])),
    );
    expect([0, 1, 2, 3].map((id) => population.responderOf(id))).toEqual([4, 5, 6, 7]);
  });

  it('are drawn from the seed, each of them, the same every time', () => {
    const scenario = scenarioOf(bent(['count: 4', 'count: 200'], ['to: gates', 'to: gates, spread: random']));
    const draw = (seed: number): (number | undefined)[] => {
      const population = createPopulation(scenario, seed);
      return Array.from({ length: 200 }, (_, id) => population.responderOf(id));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(new Set(draw(1))).toEqual(new Set([200, 201]));
  });
});

describe('initiators', () => {
  it('are numbered so that groups take turns', () => {
    const population = office();
    expect(population.initiatorCount).toBe(8);
    const order = Array.from(
      { length: 8 },
      (_, number) => population.groupOf(population.initiatorAt(number)).name[0],
    );
    expect(order.join('')).toBe('wpwwpwpw');
    expect(population.initiators()).toEqual([
      { first: 2, count: 5 },
      { first: 7, count: 3 },
    ]);
    expect(population.initiatorNumberOf(0)).toBeUndefined();
    expect(() => population.initiatorAt(8)).toThrow(RangeError);
  });

  it('have one number each, and numbers lead back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const order = new InitiatorOrder(sizes);
        const members = Array.from({ length: order.count }, (_, number) => order.at(number));
        expect(new Set(members.map(({ group, index }) => `${group}/${index}`)).size).toBe(order.count);
        members.forEach((member, number) => expect(order.numberOf(member)).toBe(number));
        // Whatever comes first is a fair sample: no group is more than its number of rivals ahead or behind.
        sizes.forEach((size, group) => {
          let seen = 0;
          members.forEach((member, number) => {
            if (member.group === group) seen++;
            const fair = ((number + 1) * size) / order.count;
            expect(Math.abs(seen - fair)).toBeLessThanOrEqual(Math.max(1, sizes.length / 2));
          });
        });
      }),
    );
  });

  it('are numbered exactly in large groups', () => {
    const order = new InitiatorOrder([7_000_000, 2_999_999, 1]);
    for (const number of [0, 1, 4_999_999, 5_000_000, 9_999_998, 9_999_999]) {
      expect(order.numberOf(order.at(number))).toBe(number);
    }
  });
});

describe('modes', () => {
  it('follow their weights, evenly', () => {
    const modes = Array.from({ length: 12 }, (_, index) => interleavedMode(index, 0.25, 1)[0]);
    expect(modes.join('')).toBe('mmmammmammma');
  });

  it('are exact where a share has no exact binary form', () => {
    for (const weights of [3, 49, 93, 1_000]) {
      const last = interleavedMode(weights - 1, 1 / weights, 1);
      expect(`1 of ${weights}: ${last}`).toBe(`1 of ${weights}: aggressive`);
    }
  });

  it('are all of one kind without a mixture', () => {
    for (let index = 0; index < 50; index++) {
      expect(interleavedMode(index, 0, 7)).toBe('main');
      expect(interleavedMode(index, 1, 7)).toBe('aggressive');
    }
  });

  it('come in exact numbers whenever all responders were visited equally often', () => {
    const weight = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(
        weight,
        weight,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 30 }),
        (main, aggressive, responders, visits) => {
          fc.pre(main + aggressive > 0);
          const total = responders * visits;
          let seen = 0;
          for (let index = 0; index < total; index++) {
            if (interleavedMode(index, aggressive / (main + aggressive), responders) === 'aggressive') seen++;
          }
          expect(seen).toBe(Math.floor((total * aggressive) / (main + aggressive)));
        },
      ),
    );
  });

  it('do not favour a responder', () => {
    const visits = [0, 0, 0, 0];
    for (let index = 0; index < 64; index++) {
      if (interleavedMode(index, 0.25, 4) === 'aggressive') visits[index % 4]! += 1;
    }
    expect(visits).toEqual([4, 4, 4, 4]);
  });
});
