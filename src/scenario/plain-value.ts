/** A scenario's value as a tree of its own: no shared parts, no cycles, nothing but plain data. */
import type { Finding } from './finding.ts';
import { VALUES_MAXIMUM } from './limits.ts';
import type { ScenarioPath } from './scenario-error.ts';

/**
 * Copies a value, so that changing one place (a setting, say) changes no other that shared it by a
 * YAML alias. What cannot be copied is left out and reported.
 */
export function copyPlain(value: unknown): {
  readonly value: unknown;
  readonly findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  let copied = 0;

  function copy(from: unknown, path: ScenarioPath): unknown {
    copied++;
    if (copied > VALUES_MAXIMUM || path.length > DEPTH_MAXIMUM) {
      if (findings.length === 0) {
        findings.push({
          path: path.slice(0, 1),
          message: 'has too many values, or values too deeply nested',
        });
      }
      return undefined;
    }
    if (Array.isArray(from)) return from.map((entry, index) => copy(entry, [...path, index]));
    if (typeof from === 'function' || typeof from === 'symbol' || typeof from === 'bigint') {
      findings.push({ path, message: `expected plain data, found a ${typeof from}` });
      return undefined;
    }
    if (typeof from !== 'object' || from === null) return from;
    const to: Record<string, unknown> = {};
    for (const key of Object.keys(from)) {
      const keyPath = [...path, key];
      if (key === '__proto__')
        findings.push({ path: keyPath, at: 'key', message: 'unknown key "__proto__"' });
      else to[key] = copy((from as Record<string, unknown>)[key], keyPath);
    }
    return to;
  }

  return { value: copy(value, []), findings };
}

const DEPTH_MAXIMUM = 32;
