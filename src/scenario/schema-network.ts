/** Schema of `network`: what lies between the peers, as people write it. */
import { z } from 'zod';
import { LEAST_MTU } from '../network/fragments.ts';
import { IKE_EXCHANGES } from '../network/ike-exchange.ts';
import { NAT_FILTERINGS, NAT_PORT_CHOICES } from '../network/nat.ts';
import {
  GROUPS_MAXIMUM,
  MTU_MAXIMUM,
  NAME_LENGTH_MAXIMUM,
  NETWORK_PARTS_MAXIMUM,
  OUTAGES_MAXIMUM,
  PEERS_MAXIMUM,
  RATE_BURST_MAXIMUM,
  RULES_MAXIMUM,
  TRACKED_MAXIMUM,
} from './limits.ts';
import {
  addressPool,
  bandwidth,
  decimalNumber,
  duration,
  flag,
  list,
  networkText,
  portRange,
  rate,
  share,
  text,
  wholeNumber,
  word,
} from './schema-value.ts';

export const latencySchema = z.union([
  duration({ zero: true }),
  z.discriminatedUnion('distribution', [
    z.strictObject({
      distribution: z.literal('uniform'),
      least: duration({ zero: true }).describe('Shortest.'),
      most: duration({ zero: true }).describe('Longest.'),
    }),
    z.strictObject({
      distribution: z.literal('normal'),
      mean: duration({ zero: true }).describe('Mean.'),
      deviation: duration({ zero: true }).describe('Standard deviation.'),
      least: duration({ zero: true })
        .optional()
        .describe(
          'What would be shorter is this long. Default: three deviations below the mean, at least 0.',
        ),
    }),
    z.strictObject({
      distribution: z.literal('exponential'),
      least: duration({ zero: true }).describe('Shortest; the exponential part comes on top.'),
      mean: duration({ zero: true }).describe('Mean of the whole.'),
    }),
    z.strictObject({
      distribution: z.literal('empirical'),
      values: list(duration({ zero: true }), 10_000, 'measured durations').describe('Each equally likely.'),
    }),
  ]),
]);

const lossSchema = z.union([
  share(1),
  z.strictObject({
    share: share(0.99).describe('Of all packets, in the mean.'),
    burst: decimalNumber(1, 1_000_000).describe('Packets lost in a row, in the mean.'),
  }),
  z.strictObject({
    enter: share(1).describe('Chance before each packet to go from the good to the bad state.'),
    leave: share(1).describe('Chance to go back.'),
    good: share(1).prefault('0%').describe('Loss in the good state.'),
    bad: share(1).prefault('100%').describe('Loss in the bad state.'),
  }),
]);

const outageSchema = z.strictObject({
  at: duration({ zero: true }).describe('When it begins, from the beginning of the run.'),
  for: duration({ zero: false }).describe('How long it lasts.'),
});

const flappingSchema = z.strictObject({
  at: duration({ zero: true }).prefault('0s').describe('When it is down first.'),
  for: duration({ zero: false }).describe('How long it is down each time.'),
  every: duration({ zero: false }).describe('From one time to the next.'),
  until: duration({ zero: false }).optional().describe('Not down again after this. Default: for ever.'),
  staggered: flag()
    .prefault(false)
    .describe('Whether each link is late by a time of its own, drawn from the seed, of less than `every`.'),
});

/** What one direction of a link is like. */
const qualities = {
  latency: latencySchema
    .optional()
    .describe('One way: a duration, or a mapping with a `distribution`. Default: none for access links.'),
  bandwidth: bandwidth()
    .optional()
    .describe('Bits a second, IP and UDP headers included. Default: sending takes no time.'),
  queue: duration({ zero: true })
    .optional()
    .describe('Longest wait for those before; who would wait longer is dropped. Default: 100ms.'),
  mtu: wholeNumber(LEAST_MTU, MTU_MAXIMUM)
    .optional()
    .describe(
      'Octets of the largest IP packet. A larger datagram becomes fragments, each of which can be lost. Default: no limit.',
    ),
  fragments: word(['pass', 'drop']).optional().describe('`drop` throws fragments away. Default: pass.'),
  loss: lossSchema
    .optional()
    .describe(
      'Of packets: a share, bursts (`{share: 2%, burst: 5}`), or the four numbers of Gilbert and Elliott. Default: none.',
    ),
  duplication: share(1).optional().describe('Datagrams that arrive twice. Default: none.'),
  reordering: z
    .strictObject({
      share: share(1).describe('Datagrams that others overtake.'),
      delay: duration({ zero: false }).describe('How late they are.'),
    })
    .optional()
    .describe('Default: datagrams of a link arrive in order, whatever its latency.'),
  outages: list(outageSchema, OUTAGES_MAXIMUM, 'outages such as {at: 10s, for: 30s}')
    .optional()
    .describe('When it carries nothing.'),
  flapping: flappingSchema.optional().describe('An outage that comes again and again.'),
};

const qualitiesSchema = z.strictObject(qualities);

const groupNames = z.union(
  [text(NAME_LENGTH_MAXIMUM), list(text(NAME_LENGTH_MAXIMUM), GROUPS_MAXIMUM, 'groups of peers')],
  { error: 'expected a group of peers, or a list of groups' },
);

function sharedBy(what: string, byDefault: string) {
  return z
    .union([word(['all']), wholeNumber(1, PEERS_MAXIMUM)], {
      error: 'expected all, or how many peers share one',
    })
    .prefault(byDefault === 'all' ? byDefault : Number(byDefault))
    .describe(`Neighbouring peers that have one ${what} together; \`all\`: one for everybody.`);
}

export const linkSchema = z.strictObject({
  peers: groupNames.optional().describe('Groups whose peers are connected by such a link.'),
  between: list(text(NAME_LENGTH_MAXIMUM), 2, 'two groups: initiators and responders')
    .optional()
    .describe(
      'Instead of `peers`: the path of a connection, `[initiators, responders]`, for each pair apart.',
    ),
  'shared-by': sharedBy('link', '1'),
  ...qualities,
  up: qualitiesSchema
    .optional()
    .describe('What is different away from the peers (of a path: from the initiators).'),
  down: qualitiesSchema.optional().describe('What is different towards the peers.'),
});

export const natSchema = z.strictObject({
  peers: groupNames.describe('Groups that are behind such a box.'),
  'shared-by': sharedBy('box', 'all'),
  addresses: addressPool().describe('Outer addresses, one for each box.'),
  timeout: duration({ zero: false })
    .prefault('2m')
    .describe('A host that sends nothing for as long is forgotten, and gets another port.'),
  'kept-by-inbound': flag().prefault(false).describe('Whether what the host receives counts, too.'),
  filtering: word(NAT_FILTERINGS)
    .prefault('address-and-port-dependent')
    .describe('Who may send to the port of a host, in the words of RFC 4787.'),
  symmetric: flag().prefault(false).describe('Whether a host gets another port for each destination.'),
  ports: word(NAT_PORT_CHOICES)
    .prefault('preserve')
    .describe("How a port is found: the host's own while that is free, the next one, or any."),
  'port-range': portRange().prefault('1024-65535').describe('Ports that are given.'),
  rebind: list(duration({ zero: true }), OUTAGES_MAXIMUM, 'times such as 30s')
    .optional()
    .describe('Times, from the beginning of the run, at which all hosts are forgotten.'),
  'rebind-every': duration({ zero: false }).optional().describe('The same again and again.'),
});

const ruleSchema = z.strictObject({
  action: word(['allow', 'deny']).describe('What happens to what fits.'),
  from: networkText().optional().describe('Network of the sender.'),
  to: networkText().optional().describe('Network of the receiver.'),
  ports: portRange().optional().describe('Destination port, `500`, or ports, `500-4500`.'),
  exchanges: list(word(IKE_EXCHANGES), IKE_EXCHANGES.length, 'exchanges such as aggressive')
    .optional()
    .describe('What the header of the message says that it is.'),
});

const rateLimitSchema = z.strictObject({
  rate: rate({ zero: false }).describe('Datagrams in a time.'),
  burst: wholeNumber(1, RATE_BURST_MAXIMUM).prefault(1).describe('Datagrams at once, after some quiet.'),
});

export const firewallSchema = z.strictObject({
  peers: groupNames.describe('Groups that are behind it.'),
  'shared-by': sharedBy('firewall', 'all'),
  rules: z
    .array(ruleSchema, { error: 'expected a list of rules such as {action: deny, exchanges: [aggressive]}' })
    .max(RULES_MAXIMUM, { error: `expected at most ${RULES_MAXIMUM} rules` })
    .prefault([])
    .describe(
      'About what comes in; the first that fits decides, and what is left out of it fits everything.',
    ),
  otherwise: word(['allow', 'deny']).prefault('allow').describe('When no rule fits.'),
  'rate-limit': rateLimitSchema.optional().describe('Of what the rules allow, all together. Default: none.'),
  'source-rate-limit': rateLimitSchema.optional().describe('The same for each address. Default: none.'),
  tracking: z
    .union([
      word(['none']),
      z.strictObject({
        timeout: duration({ zero: false }).prefault('30s').describe('A connection is forgotten after this.'),
        limit: wholeNumber(1, TRACKED_MAXIMUM).prefault(1_000_000).describe('Connections at most.'),
      }),
    ])
    .prefault({})
    .describe(
      'Answers to what went out, and all that belongs to a connection let in before, is let in without rules and limits; with `none` each datagram is judged.',
    ),
});

const partName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, {
    error: 'expected a name of letters, digits, - and _ that begins with a letter',
  })
  .max(NAME_LENGTH_MAXIMUM, { error: `expected a name of at most ${NAME_LENGTH_MAXIMUM} characters` });

function parts<Part extends z.ZodType>(part: Part) {
  return z
    .record(partName, part, { error: 'expected a mapping of names to descriptions' })
    .refine((all) => Object.keys(all).length <= NETWORK_PARTS_MAXIMUM, {
      error: `expected at most ${NETWORK_PARTS_MAXIMUM} of them`,
    })
    .prefault({});
}

/** `network` of a scenario. */
export const networkSchema = z.strictObject({
  latency: duration({ zero: false })
    .prefault('500us')
    .describe('One way, between any two peers whose connection has no path among `links`.'),
  links: parts(linkSchema).describe('Access links of groups, and paths of connections, by name.'),
  nats: parts(natSchema).describe('NAT boxes by name.'),
  firewalls: parts(firewallSchema).describe('Firewalls by name.'),
});
