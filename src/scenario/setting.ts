/** `path=value` settings of the command line, put on top of a scenario before it is checked. */
import { suggestion } from './nearest-word.ts';
import type { Position, ScenarioPath, ScenarioProblem } from './scenario-error.ts';
import { formatPath, SETTING_FILE } from './scenario-error.ts';
import { SETTINGS_MAXIMUM } from './limits.ts';
import { childOf, placeAt } from './schema-walk.ts';
import { readYaml } from './yaml-text.ts';

export interface Setting {
  readonly text: string;
  readonly path: ScenarioPath;
  readonly value: unknown;
  /** Number on the command line, from 1. */
  readonly number: number;
}

/**
 * Reads `peers.remote-workers.count=5000`; the value is YAML. Problems are added to `problems`, and
 * the setting is then left out.
 */
export function parseSettings(texts: readonly string[], problems: ScenarioProblem[]): Setting[] {
  const settings: Setting[] = [];
  if (texts.length > SETTINGS_MAXIMUM) {
    problems.push({ file: SETTING_FILE, path: '', message: `more than ${SETTINGS_MAXIMUM} settings` });
    return settings;
  }
  for (const [index, text] of texts.entries()) {
    const equals = text.indexOf('=');
    const keys = text.slice(0, Math.max(0, equals)).trim().split('.');
    if (equals < 0 || keys.some((key) => key === '')) {
      problems.push({
        ...settingPosition(text, index + 1, 1),
        path: '',
        message: `"${text}" is not a setting`,
        hint: 'write path=value, such as peers.remote-workers.count=5000',
      });
      continue;
    }
    const yaml = readYaml(text.slice(equals + 1), SETTING_FILE);
    const path = keys.map((key) => (/^\d{1,9}$/.test(key) ? Number(key) : key));
    for (const { message, hint } of yaml.problems) {
      problems.push({
        ...settingPosition(text, index + 1, equals + 2),
        path: formatPath(path),
        message,
        ...(hint !== undefined && { hint }),
      });
    }
    if (yaml.problems.length === 0) settings.push({ text, path, value: yaml.value, number: index + 1 });
  }
  return settings;
}

/**
 * Puts a setting into the scenario's value, which is changed. Sections that are left out in the file
 * are made; groups and list entries must be there.
 * @returns what is wrong with the path, undefined when it was applied.
 */
export function applySetting(root: unknown, setting: Setting): ScenarioProblem | undefined {
  let parent = root;
  for (const [depth, key] of setting.path.entries()) {
    const above = setting.path.slice(0, depth);
    const place = placeAt(above, root);
    if (typeof parent !== 'object' || parent === null || place.kind === 'value') {
      return unknownPath(setting, `${formatPath(above)} has no keys below it`);
    }
    if (place.kind === 'section' && !place.keys.includes(String(key))) {
      const hint = suggestion(String(key), place.keys) ?? `known: ${place.keys.join(', ')}`;
      return unknownPath(setting, `unknown key "${key}"`, hint);
    }
    const exists = childOf(parent, key) !== undefined;
    if (!exists && (place.kind === 'record' || place.kind === 'list')) {
      const known = Object.keys(parent);
      if (place.kind === 'list') {
        return unknownPath(
          setting,
          `the list has no entry ${key}`,
          known.length === 0 ? 'the list is empty' : `entries: 0 to ${known.length - 1}`,
        );
      }
      const hint = suggestion(String(key), known) ?? `groups: ${known.join(', ')}`;
      return unknownPath(setting, `the scenario has no group "${key}"`, hint);
    }
    const members = parent as Record<string, unknown>;
    if (depth === setting.path.length - 1) members[key] = setting.value;
    else if (!exists) members[key] = {};
    parent = members[key];
  }
  return undefined;
}

/** Place of a setting's value, for problems that the setting caused. */
export function positionOfSetting(setting: Setting): Position {
  return settingPosition(setting.text, setting.number, setting.text.indexOf('=') + 2);
}

function unknownPath(setting: Setting, message: string, hint?: string): ScenarioProblem {
  return {
    ...settingPosition(setting.text, setting.number, 1),
    path: formatPath(setting.path),
    message,
    ...(hint !== undefined && { hint }),
  };
}

function settingPosition(text: string, number: number, column: number): Position {
  return { file: SETTING_FILE, line: number, column: Math.min(column, text.length + 1), excerpt: text };
}
