/** What cannot be true of keys that a scenario spells out. */
import { STATIC_SPIS_PER_PAIR, staticSpi } from '../ike/esp/static-keys.ts';
import { encryptionKeyLength, integrityKeyLength } from '../ike/transform.ts';
import type { EspTransform } from '../peer/policy.ts';
import type { Finding } from './finding.ts';
import { formatEspTransform } from './keyword.ts';
import type { GroupSettings, ScenarioSettings } from './schema.ts';

/** Findings about `secret`, `out` and `back` of the `static-keys` of the group `name`. */
export function checkGivenKeys(name: string, group: GroupSettings, scenario: ScenarioSettings): Finding[] {
  const keys = group['static-keys'];
  if (keys === undefined) return [];
  const findings: Finding[] = [];
  const report = (path: readonly string[], message: string, hint: string): void => {
    findings.push({ path: ['peers', name, 'static-keys', ...path], message, hint });
  };
  const { secret, out, back } = keys;
  if (out === undefined && back === undefined) {
    if (secret === undefined) report([], 'there are no keys', 'add secret, or out and back');
    return findings;
  }
  if (out === undefined || back === undefined) {
    const missing = out === undefined ? 'out' : 'back';
    report([], `keys of one direction only: ${missing} is missing`, `add ${missing}`);
  }
  if (secret !== undefined) {
    report(['secret'], 'keys are either made from a secret or given', 'remove secret, or out and back');
  }
  if (keys['change-every'] !== undefined) {
    const hint = 'remove change-every, or write secret instead of out and back';
    report(['change-every'], 'keys that are given cannot change', hint);
  }
  if (group.count !== 1) {
    const hint = 'write count: 1, or secret instead of out and back';
    report([], `given keys are those of one pair, and the group has ${group.count} peers`, hint);
  }
  const [transform] = group.esp;
  for (const [direction, sa] of [
    ['out', out],
    ['back', back],
  ] as const) {
    if (sa === undefined || transform === undefined || transform.encryption === 'aes-gcm16') continue;
    const lengths = [
      ['encryption-key', encryptionKeyLength(transform)],
      ['integrity-key', integrityKeyLength(transform)],
    ] as const;
    for (const [key, length] of lengths) {
      const problem = lengthProblem(sa[key], length, transform);
      if (problem !== undefined) report([direction, key], problem.message, problem.hint);
    }
  }
  if (out !== undefined) checkSpi(out.spi, { name, scenario, report });
  return findings;
}

function lengthProblem(
  key: string | undefined,
  length: number,
  transform: EspTransform,
): { readonly message: string; readonly hint: string } | undefined {
  const octets = (key?.length ?? 0) / 2;
  if (octets === length) return undefined;
  const proposal = formatEspTransform(transform);
  const found = key === undefined ? 'there is none' : `this one has ${octets}`;
  if (length === 0) return { message: `${proposal} takes no such key`, hint: 'remove it' };
  return {
    message: `${proposal} takes a key of ${length} octets, ${found}`,
    hint: `write ${2 * length} hex digits`,
  };
}

interface SpiCheck {
  readonly name: string;
  readonly scenario: ScenarioSettings;
  readonly report: (path: readonly string[], message: string, hint: string) => void;
}

/** The end that is called tells its callers apart by the SPI. */
function checkSpi(spi: number, { name, scenario: { peers, connections }, report }: SpiCheck): void {
  const called = connections.filter(({ from }) => from === name).map(({ to }) => to);
  const others = connections.filter(({ from, to }) => from !== name && called.includes(to));
  for (const { from } of others) {
    const keys = peers[from]?.['static-keys'];
    if (keys?.out?.spi === spi) {
      report(['out', 'spi'], `group "${from}" has this SPI at the same end`, 'choose another one');
    }
    if (keys?.secret === undefined) continue;
    const pairs = Object.values(peers).reduce((sum, { count }) => sum + count, 0);
    const free = staticSpi({ pair: pairs - 1, generation: 0, direction: 'out' }) + STATIC_SPIS_PER_PAIR;
    if (spi >= free) continue;
    const hint = `choose one from 0x${free.toString(16)}`;
    report(['out', 'spi'], `group "${from}" may come to have this SPI, made from its secret`, hint);
  }
}
