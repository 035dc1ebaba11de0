/** From a file (YAML, JSON, TypeScript or standard input) to a checked scenario, or to all that is wrong with it. */
import { readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { checkScenario } from './check.ts';
import type { Finding } from './finding.ts';
import { findingsOfIssue } from './issue.ts';
import { FILE_LENGTH_MAXIMUM } from './limits.ts';
import { copyPlain } from './plain-value.ts';
import { applyProfiles } from './profile-settings.ts';
import { resolveScenario } from './resolve.ts';
import type { LoadedScenario, Scenario } from './scenario.ts';
import {
  formatPath,
  ScenarioError,
  SETTING_FILE,
  type ScenarioPath,
  type ScenarioProblem,
} from './scenario-error.ts';
import { scenarioSchema } from './schema.ts';
import { applySetting, parseSettings, positionOfSetting, type Setting } from './setting.ts';
import { readYaml, type YamlText } from './yaml-text.ts';

export interface LoadOptions {
  /** `path=value` settings put on top of the file. */
  readonly settings: readonly string[];
}

/**
 * Loads and checks the scenario at `path`; `-` reads YAML from standard input. A `.ts`, `.mts`, `.js`
 * or `.mjs` file is run as code, and its default export is the scenario.
 * @throws ScenarioError with everything that is wrong.
 */
export async function loadScenario(path: string, { settings }: LoadOptions): Promise<LoadedScenario> {
  const text = path === '-' ? await readStandardInput() : await readScenarioFile(path);
  if (!CODE_EXTENSIONS.has(extname(path))) return parseScenario(text, path, settings);
  const value = await importDefault(path);
  const scenario = checkedScenario({ file: path, value, yaml: undefined, settings });
  return { scenario, file: path, text, settings };
}

/**
 * Checks a scenario given as YAML text; `file` is its name in messages.
 * @throws ScenarioError with everything that is wrong.
 */
export function parseScenario(text: string, file: string, settings: readonly string[] = []): LoadedScenario {
  if (text.length > FILE_LENGTH_MAXIMUM) throw new ScenarioError([tooLong(file)]);
  const yaml = readYaml(text.replace(/^\uFEFF/, ''), file);
  if (yaml.problems.length > 0) throw new ScenarioError(yaml.problems);
  return { scenario: checkedScenario({ file, value: yaml.value, yaml, settings }), file, text, settings };
}

interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Absent for code, which has no places to point to. */
  readonly yaml: YamlText | undefined;
  readonly settings: readonly string[];
}

function checkedScenario(source: Source): Scenario {
  const problems: ScenarioProblem[] = [];
  const settings = parseSettings(source.settings, problems);
  const { value, findings } = copyPlain(source.value);
  const applied: Setting[] = [];
  for (const setting of settings) {
    const problem = applySetting(value, setting);
    if (problem === undefined) applied.push(setting);
    else problems.push(problem);
  }
  if (findings.length === 0) applyProfiles(value);
  const parsed = findings.length > 0 ? undefined : scenarioSchema.safeParse(value);
  const all = [...findings];
  if (parsed?.success === false) {
    all.push(...parsed.error.issues.flatMap((issue) => findingsOfIssue(issue, value)));
  }
  if (parsed?.success) all.push(...checkScenario(parsed.data));
  problems.push(...inOrder(all.map((finding) => problemOf(finding, source, applied))));
  if (problems.length > 0 || !parsed?.success) throw new ScenarioError(problems);
  return resolveScenario(parsed.data);
}

function problemOf(finding: Finding, { file, yaml }: Source, settings: readonly Setting[]): ScenarioProblem {
  const { path, message, hint, at = 'value' } = finding;
  const rest = { path: formatPath(path), message, ...(hint !== undefined && { hint }) };
  const setting = settings.findLast((each) => isCausedBy(path, each, yaml));
  if (setting !== undefined) return { ...positionOfSetting(setting), ...rest };
  return yaml === undefined ? { file, ...rest } : { ...yaml.locate(path, at), ...rest };
}

/** Whether a setting put the value at the path there, alone or with all around it. */
function isCausedBy(path: ScenarioPath, setting: Setting, yaml: YamlText | undefined): boolean {
  const shared = Math.min(path.length, setting.path.length);
  for (let i = 0; i < shared; i++) if (String(path[i]) !== String(setting.path[i])) return false;
  return setting.path.length <= path.length || yaml?.has(path) === false;
}

function inOrder(problems: ScenarioProblem[]): ScenarioProblem[] {
  return problems.toSorted(
    (a, b) =>
      Number(b.file === SETTING_FILE) - Number(a.file === SETTING_FILE) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

async function importDefault(path: string): Promise<unknown> {
  // Loaded late: scenarios in YAML need no compiler.
  const { createJiti } = await import('jiti');
  // No cache on disk: a scenario must not leave files behind, nor be served from them.
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false });
  try {
    return await jiti.import(resolve(path), { default: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const problem = {
      file: path,
      path: '',
      message: `cannot be run: ${message}`,
      hint: 'its default export must be defineScenario({...})',
    };
    throw new ScenarioError([problem], true);
  }
}

async function readScenarioFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > FILE_LENGTH_MAXIMUM) throw new ScenarioError([tooLong(path)]);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ScenarioError([
      { file: path, path: '', ...(READ_ERRORS[code] ?? { message: `cannot be read: ${code}` }) },
    ]);
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > FILE_LENGTH_MAXIMUM) throw new ScenarioError([tooLong('-')]);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLong(file: string): ScenarioProblem {
  return {
    file,
    path: '',
    message: `is larger than ${FILE_LENGTH_MAXIMUM} octets, the limit for a scenario`,
  };
}

const CODE_EXTENSIONS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs']);
const READ_ERRORS: Readonly<Record<string, { readonly message: string; readonly hint?: string }>> = {
  ENOENT: { message: 'no such file', hint: 'ikestorm init writes a scenario to start from' },
  EISDIR: { message: 'is a folder', hint: 'name the scenario file' },
  EACCES: { message: 'cannot be read: permission denied' },
};
