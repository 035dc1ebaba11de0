/**
 * The shape of the code, held by reading it. Each rule is a function from source files to findings,
 * so that each is also tried on made-up files: a rule that cannot fail holds nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** A file of the repository; paths are relative to its root. */
interface SourceFile {
  readonly path: string;
  readonly text: string;
}

type Rule = (files: readonly SourceFile[]) => string[];

/** Every room of src/ and the rooms that it may import. Both directions at once would be a cycle, so there is none. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  random: [],
  ike: [],
  crypto: ['ike'],
  pki: ['crypto', 'ike'],
  peer: ['ike'],
  network: ['ike', 'peer', 'random'],
  cpu: ['ike', 'peer', 'random'],
  runtime: ['ike', 'peer', 'network', 'cpu', 'random'],
  scenario: ['ike', 'peer', 'network', 'random'],
  load: ['peer', 'random', 'scenario'],
  measure: ['peer', 'cpu', 'scenario'],
  export: ['ike', 'peer', 'runtime'],
  report: ['measure', 'peer'],
  worker: [
    'crypto',
    'pki',
    'ike',
    'peer',
    'network',
    'cpu',
    'random',
    'runtime',
    'scenario',
    'load',
    'measure',
    'export',
  ],
  run: [
    ...['crypto', 'pki', 'ike', 'peer', 'network', 'cpu', 'random', 'runtime', 'scenario', 'load', 'measure'],
    ...['export', 'report', 'worker'],
  ],
  cli: ['run', 'scenario', 'measure', 'report', 'load', 'peer'],
};

/** Where a package or a part of Node.js may be imported; `node:*` itself is refused in pure rooms. */
const PLACE_OF_PACKAGE: Readonly<Record<string, readonly string[]>> = {
  xstate: ['src/peer/'],
  piscina: ['src/worker/pool.ts'],
  'hdr-histogram-js': ['src/measure/histogram.ts'],
  zod: ['src/scenario/', 'src/measure/', 'src/export/key-record.ts', 'src/cpu/card-file.ts'],
  yaml: ['src/scenario/'],
  jiti: ['src/scenario/'],
  commander: ['src/cli/'],
  '@commander-js/extra-typings': ['src/cli/'],
  'log-update': ['src/cli/'],
  picocolors: ['src/cli/', 'src/report/'],
  '@noble/ciphers': ['src/crypto/'],
  '@noble/curves': ['src/crypto/'],
  '@noble/hashes': ['src/crypto/'],
  '@peculiar/x509': ['src/pki/x509-library.ts'],
  'reflect-metadata': ['src/pki/x509-library.ts'],
  'node:crypto': ['src/crypto/', 'src/pki/', 'src/run/'],
  'node:dgram': ['src/runtime/udp/'],
  'node:worker_threads': ['src/worker/'],
};

const PURE_ROOMS = ['ike', 'peer', 'network', 'cpu', 'load', 'random'];
const IMPURE_NAMES = [
  ...['Date', 'performance', 'process', 'console', 'Buffer', 'crypto', 'fetch', 'Promise', 'async', 'await'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'clearTimeout', 'clearInterval'],
];
/** Simulates time, and so must not know any. */
const TIMELESS_FOLDER = 'src/runtime/virtual/';
const WAITING_NAMES = ['Promise', 'async', 'await'];
const IMPURE_MEMBERS = ['Math.random', 'Math.pow', 'Math.exp', 'Math.log', 'Math.log2', 'Math.log10'];
const VAGUE_NAMES = /^(?:utils?|helpers?|common|manager|misc|shared|stuff)$/;
const FILE_LINES_MAXIMUM = 500;
const USUAL_FILE_LINES = 300;
/** The public interface is the one file that only gathers. */
const PUBLIC_INTERFACE = 'src/index.ts';

const findUpwardImports: Rule = (files) =>
  files.flatMap((file) =>
    relativeImports(file).flatMap((target) => {
      const from = roomOf(file.path);
      const to = roomOf(target);
      if (from === undefined || to === undefined || from === to) return [];
      if (MAY_IMPORT[from] === undefined) return [`${file.path}: there is no room ${from} in the table`];
      return MAY_IMPORT[from].includes(to) ? [] : [`${file.path} imports ${target}: ${from} is below ${to}`];
    }),
  );

/** Cryptography knows its contract, and where octets come from, and nothing else of the protocol. */
const OF_CRYPTO: readonly string[] = ['src/ike/suite.ts', 'src/ike/octet-slab.ts'];
const findCryptoThatKnowsTheProtocol: Rule = (files) =>
  files
    .filter(({ path }) => roomOf(path) === 'crypto')
    .flatMap((file) =>
      relativeImports(file)
        .filter((target) => target.startsWith('src/ike/') && !OF_CRYPTO.includes(target))
        .map((target) => `${file.path} imports ${target}: only ${OF_CRYPTO.join(' and ')} are its business`),
    );

const findPackagesOutOfPlace: Rule = (files) =>
  files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) => {
        if (name.startsWith('node:') && PURE_ROOMS.includes(roomOf(file.path) ?? '')) {
          return [`${file.path} imports ${name}: a pure room does no I/O`];
        }
        const places = PLACE_OF_PACKAGE[packageOf(name)];
        if (places === undefined) {
          return name.startsWith('node:') ? [] : [`${file.path} imports ${name}, which has no place`];
        }
        if (file.path === PUBLIC_INTERFACE || places.some((place) => file.path.startsWith(place))) return [];
        return [`${file.path} imports ${name}, whose place is ${places.join(' or ')}`];
      }),
  );

const findImpurity: Rule = (files) =>
  files
    .filter(({ path }) => PURE_ROOMS.includes(roomOf(path) ?? '') || path.startsWith(TIMELESS_FOLDER))
    .flatMap((file) => {
      const found: string[] = [];
      // How an event loop gets its turn is given to virtual time as a promise.
      const mayWait = file.path.startsWith(TIMELESS_FOLDER);
      const refused = IMPURE_NAMES.filter((name) => !(mayWait && WAITING_NAMES.includes(name)));
      for (const [index, line] of withoutComments(file.text).split('\n').entries()) {
        const at = `${file.path}:${index + 1}`;
        for (const name of refused) if (hasWord(line, name)) found.push(`${at} uses ${name}`);
        for (const name of IMPURE_MEMBERS) if (line.includes(`${name}(`)) found.push(`${at} uses ${name}`);
        if (line.includes('**')) found.push(`${at} uses **, whose result differs between machines`);
      }
      return found;
    });

const findVagueFileNames: Rule = (files) =>
  files.flatMap(({ path }) => {
    const stem = basename(path).replace(/(?:\.machine|\.test|\.config)?\.ts$/, '');
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(stem)) return [`${path}: the name is not in kebab case`];
    const isVague = [stem, ...dirname(path).split('/')].some((part) => VAGUE_NAMES.test(part));
    return isVague ? [`${path}: the name does not say what is in it`] : [];
  });

const findLongFiles: Rule = (files) =>
  files
    .filter(({ text }) => linesOf(text) > FILE_LINES_MAXIMUM)
    .map(({ path, text }) => `${path} has ${linesOf(text)} lines, more than ${FILE_LINES_MAXIMUM}`);

const findBarrelFiles: Rule = (files) =>
  files
    .filter(({ path }) => path !== PUBLIC_INTERFACE)
    .filter(({ path, text }) => basename(path) === 'index.ts' || isOnlyReExports(text))
    .map(({ path }) => `${path} only passes on what others export`);

const findFilesWithoutPurpose: Rule = (files) =>
  files
    .filter(({ text }) => !/^(?:#!.*\n)?\/\*\*/.test(text))
    .map(({ path }) => `${path} does not begin with a comment that says what it is`);

/** Exported functions without a docstring right above them; overloads count once. */
const findUndocumentedFunctions: Rule = (files) =>
  files.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, index) => {
      const name = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1];
      if (name === undefined || lines[index - 1]?.trimEnd().endsWith('*/') === true) return [];
      return [`${path}:${index + 1} ${name} has no docstring`];
    });
  });

const findScenariosWithoutQuestion: Rule = (files) =>
  files
    .filter(({ text }) => !/^(?:#|\/\/) \S.*\?$/.test(text.split('\n', 1)[0]?.trimEnd() ?? ''))
    .map(({ path }) => `${path}: its first line is no comment that asks a question`);

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = filesUnder('src', /\.ts$/);
const TESTS = filesUnder('test', /\.ts$/);
const SCENARIOS = filesUnder('scenarios', /\.(?:ya?ml|m?[jt]s)$/);

describe('the code', () => {
  it('is there to be read', () => {
    expect(SOURCES.length).toBeGreaterThan(100);
    expect(SCENARIOS.length).toBeGreaterThan(0);
    expect(relativeImports(fileNamed('src/peer/ike-peer.ts')).length).toBeGreaterThan(3);
  });

  it.each<[string, Rule, readonly SourceFile[]]>([
    ['imports rooms below only', findUpwardImports, SOURCES],
    ['keeps cryptography apart from the protocol', findCryptoThatKnowsTheProtocol, SOURCES],
    ['imports a package in its own room only', findPackagesOutOfPlace, SOURCES],
    ['has no clock, timer, promise, I/O or inexact arithmetic in pure rooms', findImpurity, SOURCES],
    ['names files after what is in them', findVagueFileNames, [...SOURCES, ...TESTS]],
    ['has no file that is too long', findLongFiles, [...SOURCES, ...TESTS]],
    ['has one file that passes on exports, the public interface', findBarrelFiles, SOURCES],
    ['says at the top of every file what it is', findFilesWithoutPurpose, SOURCES],
    ['asks a question at the top of every scenario', findScenariosWithoutQuestion, SCENARIOS],
  ])('%s', (_, rule, files) => {
    expect(rule(files)).toEqual([]);
  });

  it('has a place in the table for every room, and no room in both directions', () => {
    const rooms = new Set(SOURCES.map(({ path }) => roomOf(path)).filter((room) => room !== undefined));
    expect([...rooms].filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
    expect(cyclesOf(MAY_IMPORT)).toEqual([]);
  });

  it('is mostly in short files: nine of ten are below 300 lines', () => {
    const short = SOURCES.filter(({ text }) => linesOf(text) < USUAL_FILE_LINES);
    expect(short.length / SOURCES.length).toBeGreaterThanOrEqual(0.9);
  });

  it('explains nearly every exported function of protocol and cryptography', () => {
    const files = SOURCES.filter(({ path }) => ['ike', 'crypto'].includes(roomOf(path) ?? ''));
    const all = files.flatMap(({ text }) => text.match(/^export (?:async )?function/gm) ?? []);
    const undocumented = findUndocumentedFunctions(files);
    expect(undocumented.length / all.length, undocumented.join('\n')).toBeLessThan(0.1);
  });

  it('is linted by the same table of rooms', () => {
    expect(roomsRefusedByLinter()).toEqual(roomsRefusedByTable());
  });
});

describe('the rules', () => {
  it.each<[string, Rule, string, string]>([
    ['an import upwards', findUpwardImports, 'src/ike/a.ts', `import { b } from '../peer/b.ts';`],
    [
      'a type imported upwards',
      findUpwardImports,
      'src/measure/a.ts',
      `import type { B } from '../run/b.ts';`,
    ],
    ['an export upwards', findUpwardImports, 'src/ike/wire/a.ts', `export { b } from '../../cli/b.ts';`],
    ['a dynamic import upwards', findUpwardImports, 'src/peer/a.ts', `await import('../run/b.ts');`],
    [
      'an import over several lines',
      findUpwardImports,
      'src/ike/a.ts',
      `import {\n  b,\n  c,\n} from '../peer/b.ts';`,
    ],
    ['a room that nobody knows', findUpwardImports, 'src/attic/a.ts', `import '../ike/b.ts';`],
    [
      'cryptography that reads messages',
      findCryptoThatKnowsTheProtocol,
      'src/crypto/a.ts',
      `import { b } from '../ike/wire/decode.ts';`,
    ],
    ['a chart outside peers', findPackagesOutOfPlace, 'src/run/a.ts', `import { setup } from 'xstate';`],
    [
      'a part of a package',
      findPackagesOutOfPlace,
      'src/ike/a.ts',
      `import { b } from '@noble/hashes/sha2.js';`,
    ],
    ['a package without a place', findPackagesOutOfPlace, 'src/run/a.ts', `import b from 'left-pad';`],
    ['I/O in a pure room', findPackagesOutOfPlace, 'src/load/a.ts', `import { b } from 'node:fs/promises';`],
    ['a socket outside the UDP runtime', findPackagesOutOfPlace, 'src/run/a.ts', `import 'node:dgram';`],
    ['a clock', findImpurity, 'src/peer/a.ts', `const now = Date.now();`],
    ['a timer', findImpurity, 'src/ike/a.ts', `setTimeout(() => {}, 1);`],
    ['a clock in virtual time', findImpurity, 'src/runtime/virtual/a.ts', `await b(performance.now());`],
    ['a promise', findImpurity, 'src/peer/a.ts', `export async function b() {}`],
    ['a power', findImpurity, 'src/load/a.ts', `const b = 2 ** 32;`],
    ['a logarithm', findImpurity, 'src/random/a.ts', `const b = Math.log(2);`],
    ['impurity after a text with slashes', findImpurity, 'src/peer/a.ts', `b('http://c'); console.log(1);`],
    ['impurity inside a template', findImpurity, 'src/peer/a.ts', 'const b = `at ${Date.now()}`;'],
    ['a vague name', findVagueFileNames, 'src/run/utils.ts', ''],
    ['a vague folder', findVagueFileNames, 'src/common/point.ts', ''],
    ['a name in camel case', findVagueFileNames, 'src/run/resultWriter.ts', ''],
    ['a long file', findLongFiles, 'src/run/a.ts', '\n'.repeat(FILE_LINES_MAXIMUM + 1)],
    [
      'a barrel',
      findBarrelFiles,
      'src/run/a.ts',
      `/** All. */\nexport * from './b.ts';\nexport { c } from './c.ts';`,
    ],
    ['an index', findBarrelFiles, 'src/run/index.ts', 'export const a = 1;'],
    ['a file without a purpose', findFilesWithoutPurpose, 'src/run/a.ts', `import './b.ts';`],
    ['a function without a docstring', findUndocumentedFunctions, 'src/ike/a.ts', '\nexport function b() {}'],
    ['a scenario without a comment', findScenariosWithoutQuestion, 'scenarios/a.yaml', 'name: a'],
    [
      'a scenario without a question',
      findScenariosWithoutQuestion,
      'scenarios/a.yaml',
      '# A storm.\nname: a',
    ],
  ])('find %s', (_, rule, path, text) => {
    expect(rule([{ path, text }])).toHaveLength(1);
  });

  it('read code, not what is said about it', () => {
    const text = [
      '/** Unlike Date.now() this is pure; 2 ** 3 too. */',
      '// await nothing',
      `const message = 'no Promise, no process';`,
      'const pattern = /Date|[/]console/;',
      'const own = peer.process + time.Date;',
    ].join('\n');
    expect(findImpurity([{ path: 'src/peer/a.ts', text }])).toEqual([]);
  });

  it('find a table that goes round in a circle', () => {
    expect(cyclesOf({ a: ['b'], b: ['c'], c: ['a'], d: ['a'] })).toEqual(['a', 'b', 'c']);
  });
});

function filesUnder(folder: string, pattern: RegExp): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => pattern.test(path))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

function fileNamed(path: string): SourceFile {
  const file = SOURCES.find((each) => each.path === path);
  if (file === undefined) throw new Error(`there is no ${path}`);
  return file;
}

/** `peer` for src/peer/timer.ts; undefined for files that are in no room. */
function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** What a file imports or exports from, as written, types included. */
function importsOf({ text }: SourceFile): string[] {
  const names = text.matchAll(/^\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]/gm);
  const bare = text.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm);
  const dynamic = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g);
  return [...names, ...bare, ...dynamic].flatMap(([, name]) => name ?? []);
}

function relativeImports(file: SourceFile): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(dirname(file.path), name)).replaceAll('\\', '/'));
}

function packageOf(name: string): string {
  const parts = name.split('/');
  return name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? name);
}

/** The code with comments, texts and regular expressions emptied, line by line as it was; templates keep their code. */
function withoutComments(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[(,=:[!&|?;{}]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/g;
  return text.replace(token, (found) => found.replace(/[^\n]/g, ' '));
}

/** Whether a name stands in the line by itself, not as a member or a key of something. */
function hasWord(line: string, name: string): boolean {
  return new RegExp(`(?<![\\w.#$])${name}(?![\\w$]|\\??:)`).test(line);
}

function linesOf(text: string): number {
  return text.split('\n').length - 1;
}

function isOnlyReExports(text: string): boolean {
  const statements = withoutComments(text)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  return statements.length > 0 && statements.every((statement) => /^export\b[^=]*\bfrom\b/.test(statement));
}

/** Rooms that can be reached from themselves. */
function cyclesOf(table: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.keys(table).filter((start) => {
    const reached = new Set<string>();
    const waiting = [...(table[start] ?? [])];
    for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) {
      if (reached.has(room)) continue;
      reached.add(room);
      waiting.push(...(table[room] ?? []));
    }
    return reached.has(start);
  });
}

function roomsRefusedByTable(): Record<string, string[]> {
  const rooms = Object.keys(MAY_IMPORT);
  return Object.fromEntries(
    rooms.map((room) => [
      room,
      rooms.filter((other) => other !== room && !MAY_IMPORT[room]?.includes(other)).toSorted(),
    ]),
  );
}

interface LinterConfiguration {
  readonly overrides: readonly {
    readonly files: readonly string[];
    readonly rules: Readonly<Record<string, unknown>>;
  }[];
}

/** The rooms in the first pattern of every room's `no-restricted-imports`. */
function roomsRefusedByLinter(): Record<string, string[]> {
  const configuration = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')) as LinterConfiguration;
  const refused: Record<string, string[]> = {};
  for (const { files, rules } of configuration.overrides) {
    const room = /^src\/(\w+)\/\*\*\/\*\.ts$/.exec(files[0] ?? '')?.[1];
    if (room === undefined || rules['no-restricted-imports'] === undefined) continue;
    const pattern = /\^\(\\\\\.\\\\\.\/\)\+\(([^)]+)\)\//.exec(
      JSON.stringify(rules['no-restricted-imports']),
    );
    refused[room] = pattern?.[1]?.split('|').toSorted() ?? [];
  }
  return refused;
}
