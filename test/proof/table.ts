/** Makes docs/interoperability.md out of proofs and of reasons for those that are missing. */
import { SECTIONS, type FeatureId } from './feature.ts';
import type { PeerName, PeerRole, Proof } from './proof.ts';
import { UNPROVEN, type Unproven } from './unproven.ts';

interface Column {
  readonly peer: PeerName;
  readonly role: PeerRole;
}

const COLUMNS: readonly Column[] = [
  { peer: 'strongSwan', role: 'responder' },
  { peer: 'strongSwan', role: 'initiator' },
  { peer: 'libreswan', role: 'responder' },
  { peer: 'libreswan', role: 'initiator' },
  { peer: 'vpnc', role: 'initiator' },
];

const HEAD = `# Interoperability: what other implementations have proven

<!-- Written by \`npm run interoperability\` from what \`npm run test:peers\` has proven. Do not edit. -->

Every "yes" is a test in which a program of other people took part, as Debian 12 has it, and which passed; it leads to the
test. The arrow goes from who began phase 1 to who answered: "ikestorm → X" is one of our hosts at the gateway X, "X →
ikestorm" is X as a client of \`ikestorm serve\`. Letters are reasons for what is not proven, explained below the tables.
CI makes these tables again from each of its runs and fails when they differ from what is here.
`;

/**
 * The whole document. Throws an Error that names every cell with neither a proof nor a reason, and every
 * reason that a proof has overtaken.
 */
export function interoperabilityText(
  proofs: readonly Proof[],
  unproven: readonly Unproven[] = UNPROVEN,
): string {
  const reasons: string[] = [];
  const problems: string[] = [];
  const cell = (feature: FeatureId, column: Column): string => {
    const tests = proofs.filter((proof) => proof.feature === feature && isIn(column, proof));
    const reason = unproven.find((each) => each.features.includes(feature) && isReasonIn(column, each))?.why;
    const place = `${feature}, ${column.peer} as ${column.role}`;
    const [test] = tests.map((each) => each.test).toSorted();
    if (test !== undefined) {
      if (reason !== undefined)
        problems.push(`${place}: proven by ${test}, so the reason against it is wrong`);
      return `[yes](../${test})`;
    }
    if (reason === undefined) {
      problems.push(`${place}: neither proven by a test that passed nor explained in test/proof/unproven.ts`);
      return '?';
    }
    if (!reasons.includes(reason)) reasons.push(reason);
    return letterOf(reasons.indexOf(reason));
  };
  const tables = SECTIONS.map(({ title, features }) => {
    const rows = Object.entries(features).map(([id, text]) =>
      row([text, ...COLUMNS.map((column) => cell(id as FeatureId, column))]),
    );
    const head = [title, ...COLUMNS.map((column) => columnTitle(column, proofs))];
    return [`## ${title}`, '', row(['', ...head.slice(1)]), row(head.map(() => '---')), ...rows, ''].join(
      '\n',
    );
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const legend = reasons.map((reason, index) => `- **${letterOf(index)}**: ${reason}`);
  return `${HEAD}\n${tables.join('\n')}\n## Reasons\n\n${legend.join('\n')}\n`;
}

function isIn(column: Column, { peer, role }: Column): boolean {
  return column.peer === peer && column.role === role;
}

function isReasonIn(column: Column, { peer, role }: Unproven): boolean {
  return (peer === undefined || peer === column.peer) && (role === undefined || role === column.role);
}

function columnTitle({ peer, role }: Column, proofs: readonly Proof[]): string {
  const versions = new Set(proofs.filter((proof) => proof.peer === peer).map(({ version }) => version));
  const name = [peer, ...versions].join(' ');
  return role === 'responder' ? `ikestorm → ${name}` : `${name} → ikestorm`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function letterOf(index: number): string {
  const letter = String.fromCodePoint(97 + (index % 26));
  return index < 26 ? letter : `${letterOf(Math.floor(index / 26) - 1)}${letter}`;
}
