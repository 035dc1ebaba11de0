/** The reference document of scenario files, made from the same schema that checks them. */
import { formatDurationNs } from './unit.ts';
import {
  EXECUTOR_EXAMPLES,
  FAULTS_EXAMPLE,
  MISBEHAVIOUR_EXAMPLE,
  NETWORK_EXAMPLE,
} from './reference-examples.ts';
import { GROUP_KEYWORDS } from './keyword.ts';
import { COUNT_METRICS, DURATION_METRICS, THROUGHPUT_METRIC } from './threshold.ts';
import { scenarioJsonSchemaText } from './json-schema.ts';
import { count, listOf } from './schema-value.ts';
import {
  DURATION_MAXIMUM_NS,
  FILE_LENGTH_MAXIMUM,
  PEERS_MAXIMUM,
  PLANNED_STARTS_MAXIMUM,
  RATE_MAXIMUM_HZ,
} from './limits.ts';
import { STARTER_SCENARIO } from './starter.ts';

/** Markdown text of `docs/scenario-reference.md`. */
export function scenarioReferenceText(): string {
  const schema = JSON.parse(scenarioJsonSchemaText()) as Schema;
  const group = at(schema, 'peers').additionalProperties as Schema;
  const connection = at(schema, 'connections').items as Schema;
  const load = at(schema, 'load').oneOf ?? [];
  return [
    INTRODUCTION,
    '## The file\n',
    table(schema),
    '## A group of peers (`peers.NAME`)\n',
    table(group),
    '### `identity` as a mapping\n',
    table(objectOf(at(group, 'identity'))),
    '### `mode` as a mixture\n',
    table(objectOf(at(group, 'mode'))),
    '### `rekey` as a mapping\n',
    table(objectOf(at(group, 'rekey'))),
    '### `dpd` as a mapping\n',
    table(objectOf(at(group, 'dpd'))),
    '### `ping`\n',
    table(at(group, 'ping')),
    '### `static-keys`\n',
    table(at(group, 'static-keys')),
    '### `out` and `back` of `static-keys`\n',
    table(at(at(group, 'static-keys'), 'out')),
    '### `retransmit` as a mapping\n',
    table(objectOf(at(group, 'retransmit'))),
    '### `responder-retransmit` as a mapping\n',
    table(objectOf(at(group, 'responder-retransmit'))),
    '### `revocation`\n',
    table(at(group, 'revocation')),
    '### `revocation-list` of an authority\n',
    table(at(at(schema, 'authorities').additionalProperties as Schema, 'revocation-list')),
    '### `login-server`\n',
    table(at(group, 'login-server')),
    '### `server`\n',
    table(at(group, 'server')),
    '### `retry` as a mapping\n',
    table(objectOf(at(group, 'retry'))),
    ...retryWaits(group),
    '## A connection (an entry of `connections`)\n',
    table(connection),
    ...networkSections(at(schema, 'network')),
    ...faultSections(schema),
    ...misdeedSections(group),
    '## Load (`load`), by executor\n',
    ...load.flatMap((executor) => executorSection(executor)),
    THRESHOLDS,
    TEXTS,
    LIMITS,
  ].join('\n');
}

/** The part of JSON schema that zod writes for scenarios. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

function networkSections(network: Schema): string[] {
  const part = (name: string): Schema => at(network, name).additionalProperties as Schema;
  const link = part('links');
  const latencies = at(link, 'latency').anyOf?.find(({ oneOf }) => oneOf !== undefined)?.oneOf ?? [];
  const losses = (at(link, 'loss').anyOf ?? []).filter(({ type }) => type === 'object');
  const firewall = part('firewalls');
  const itemsOf = (key: string): Schema => at(link, key).items ?? {};
  return [
    `## Network (\`network\`)\n\n\`\`\`yaml\n${NETWORK_EXAMPLE}\`\`\`\n`,
    table(network),
    '### A link (`network.links.NAME`)\n',
    table(link),
    '`latency` as a mapping, by `distribution`:\n',
    ...latencies.map(table),
    '`loss` as a mapping, either:\n',
    ...losses.map(table),
    '`reordering`, an entry of `outages`, and `flapping`:\n',
    table(at(link, 'reordering')),
    table(itemsOf('outages')),
    table(at(link, 'flapping')),
    '### A kind of NAT box (`network.nats.NAME`)\n',
    table(part('nats')),
    '### A firewall (`network.firewalls.NAME`)\n',
    table(firewall),
    'An entry of `rules`, a limit, and `tracking` as a mapping:\n',
    table(at(firewall, 'rules').items ?? {}),
    table(at(firewall, 'rate-limit')),
    table(objectOf(at(firewall, 'tracking'))),
  ];
}

function retryWaits(group: Schema): string[] {
  const wait = at(objectOf(at(group, 'retry')), 'wait');
  const mappings = (wait.anyOf ?? []).filter(({ type }) => type === 'object');
  return ['`wait` as a mapping, either:\n', ...mappings.map(table)];
}

function faultSections(schema: Schema): string[] {
  const kinds = at(schema, 'faults').items?.oneOf ?? [];
  return [
    `## Faults (an entry of \`faults\`), by kind\n\n\`\`\`yaml\n${FAULTS_EXAMPLE}\`\`\`\n`,
    ...kinds.flatMap((kind) => [
      `### ${at(kind, 'fault').const}\n\n${kind.description ?? ''}\n`,
      table(kind),
    ]),
  ];
}

function misdeedSections(group: Schema): string[] {
  const kinds = at(group, 'misbehave').items?.oneOf ?? [];
  return [
    `## Misbehaviour (an entry of \`misbehave\` of a group)\n\n\`\`\`yaml\n${MISBEHAVIOUR_EXAMPLE}\`\`\`\n`,
    ...kinds.flatMap((kind) => [`${kind.description ?? ''}\n`, table(kind)]),
  ];
}

function executorSection(executor: Schema): string[] {
  const name = at(executor, 'executor').const ?? '';
  const stages = executor.properties?.['stages']?.items;
  return [
    `### \`${name}\`\n`,
    `${executor.description}\n`,
    `\`\`\`yaml\n${EXECUTOR_EXAMPLES[name] ?? ''}\`\`\`\n`,
    table(executor),
    ...(stages === undefined ? [] : ['An entry of `stages`:\n', table(stages)]),
  ];
}

function table(schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const isRequired = schema.required?.includes(key) === true;
    const cells = [
      `\`${key}\``,
      typeOf(value),
      isRequired ? '**required**' : defaultOf(value),
      value.description ?? '',
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| key | value | default | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return listOf(schema.enum.map((word) => `\`${word}\``));
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.oneOf !== undefined) return 'mapping';
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'whole number' : 'number'}, ${count(schema.minimum ?? 0)} to ${count(schema.maximum ?? 0)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `list of ${schema.items === undefined ? 'values' : typeOf(schema.items)}`;
    case 'object':
      return 'mapping';
    default:
      return KIND_OF_PATTERN.find(([part]) => schema.pattern?.includes(part) === true)?.[1] ?? 'text';
  }
}

/** What a text is, by a part of its pattern that no other has. */
const KIND_OF_PATTERN = [
  ['bit/s', 'bandwidth'],
  ['ms', 'duration'],
  ['smh', 'rate'],
  ['%', 'share'],
] as const;

function defaultOf({ default: value, additionalProperties }: Schema): string {
  if (value === undefined) return '';
  // A mapping with free names has nothing in it by itself.
  if (typeof additionalProperties === 'object') return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `\`[${value.join(', ')}]\``;
  return typeof value === 'object' ? 'as below' : `\`${String(value)}\``;
}

function at(schema: Schema, key: string): Schema {
  return schema.properties?.[key] ?? {};
}

function objectOf(schema: Schema): Schema {
  return schema.anyOf?.find(({ type }) => type === 'object') ?? {};
}

const INTRODUCTION = `# Scenario reference

<!-- Written by \`npm run schema\` from src/scenario/. Do not edit. -->

A scenario is one file: who the peers are, who connects to whom, when, and what must hold. It is YAML (JSON is YAML
too), or TypeScript with \`export default defineScenario({ ... })\` for scenarios that are computed; a TypeScript file
is run as code, so load only files that you trust.

- \`ikestorm validate FILE\` checks it and names every mistake with line and column.
- \`--set peers.remote-workers.count=5000\` replaces or adds one value on the command line; the value is YAML.
- For completion in editors, begin the file with \`# yaml-language-server: $schema=PATH/schema/scenario.schema.json\`.
- Unknown keys and keys that stand twice are errors. Anchors, aliases and merge keys (\`<<: *name\`) work.

\`\`\`yaml
${STARTER_SCENARIO}\`\`\`
`;

const THRESHOLDS = `## Thresholds

\`metric statistic comparison value\`, and after the metric a group in braces when only its negotiations count:
\`latency{remote-workers} p(95) < 500ms\`. Comparisons: \`<\`, \`<=\`, \`>\`, \`>=\`. Only negotiations planned in the measure
window count, and times are measured from the planned start.

| metric | statistic | value |
| --- | --- | --- |
| ${DURATION_METRICS.map((name) => `\`${name}\``).join(', ')} | \`p(99)\`, \`p(99.9)\`, \`mean\`, \`max\` | duration |
| ${COUNT_METRICS.map((name) => `\`${name}\``).join(', ')} | \`count\` | whole number |
| the same | \`rate\`: share of the negotiations started (of \`started\` and \`dropped-starts\`: of those planned) | \`1%\` or \`0.01\` |
| \`${THROUGHPUT_METRIC}\` | none: successes a second | rate |

\`latency\` is the whole negotiation from the planned start, \`latency-from-start\` from the actual start, \`phase1\` and
\`phase2\` its parts, \`round-trip-NAME\` the time from a request to its answer, \`send-lag\` actual minus planned start.
`;

const TEXTS = `## Values

- **Duration**: a number with its unit, \`250ms\`, \`1.5s\`, \`30s\`, \`5m\`, \`8h\`, \`1h30m\`; also \`ns\`, \`us\`, \`d\`.
- **Rate**: starts in a time, \`500/s\`, \`30/m\`, \`100/h\`.
- **Bandwidth**: \`64kbit/s\`, \`100mbit/s\`, \`1gbit/s\`.
- **Share**: \`50%\` or, in quotes, \`"0.5"\`.
- **Template**: text with placeholders. \`{index}\` number of the peer in its group from 0, \`{number}\` the same from 1,
  \`{index/256}\` and \`{index%256}\` whole part and rest of its division, \`{address}\` its address, \`{group}\` the group's
  name. \`{{\` and \`}}\` stand for braces. Quote a template that begins with a brace.
- **Network**: \`10.1.0.0/16\`, or one address; in templates \`10.{index/256}.{index%256}.0/24\`.
- **Addresses**: a block, without its network and IPv4 broadcast address; a range; or one address.
- **Proposals**: ciphers \`aes128\`, \`aes192\`, \`aes256\`, \`3des\`; for ESP also \`aes128gcm16\`, \`aes192gcm16\`, \`aes256gcm16\`,
  \`null\`. Hashes \`md5\`, \`sha1\`, \`sha256\`, \`sha384\`, \`sha512\`. Groups ${GROUP_KEYWORDS.map((name) => `\`${name}\``).join(', ')}.
`;

const LIMITS = `## Limits

At most ${count(PEERS_MAXIMUM)} peers, ${count(RATE_MAXIMUM_HZ)} starts a second, ${count(PLANNED_STARTS_MAXIMUM)} planned starts, durations up to
${formatDurationNs(DURATION_MAXIMUM_NS)}, files up to ${count(FILE_LENGTH_MAXIMUM)} octets.
`;
