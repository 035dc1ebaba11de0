/** A loaded scenario with more settings on top, for commands that run it many times. */
import { extname } from 'node:path';
import { loadScenario, parseScenario } from '../scenario/load.ts';
import type { LoadedScenario } from '../scenario/scenario.ts';

/**
 * The scenario again, with `settings` after those that it has. Its text is not read again, so that a file that
 * is edited meanwhile changes nothing; one that is code is run again.
 * @throws ScenarioError when the settings do not fit.
 */
export function variantOf(loaded: LoadedScenario, settings: readonly string[]): Promise<LoadedScenario> {
  const all = [...loaded.settings, ...settings];
  return CODE_EXTENSIONS.has(extname(loaded.file))
    ? loadScenario(loaded.file, { settings: all })
    : Promise.resolve(parseScenario(loaded.text, loaded.file, all));
}

const CODE_EXTENSIONS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);
