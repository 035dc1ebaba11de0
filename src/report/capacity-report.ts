/** A capacity search as text for a terminal and as Markdown. */
import type { BranchName, CapacityBranch, CapacityResult, CapacityStep } from '../measure/capacity-result.ts';
import { alignedLines } from './aligned-lines.ts';
import { codeCell } from './code-cell.ts';
import { formatDuration, formatRate, formatShare } from './quantity.ts';

/** Lines for a terminal. */
export function capacityText(result: CapacityResult): string {
  return [
    capacityHeadline(result),
    ...sentences(result).map((sentence) => `  ${sentence}`),
    '',
    ...alignedLines([HEADINGS, ...result.steps.map(cells)]),
    '',
  ].join('\n');
}

/** summary.md of a search; `picture` is the name of the chart beside it. */
export function capacityMarkdown(result: CapacityResult, picture: string): string {
  const rows = result.steps.map((step) => `| ${cells(step).join(' | ')} | ${codeCell(step.command)} |`);
  return [
    `# ${capacityHeadline(result)}`,
    '',
    ...sentences(result).map((sentence) => `- ${sentence}`),
    '',
    `![What succeeded and how long it took, over the rate](${picture})`,
    '',
    '## Runs',
    '',
    `| ${HEADINGS.join(' | ')} | repeats it |`,
    `| ${HEADINGS.map(() => '---').join(' | ')} | --- |`,
    ...rows,
    '',
  ].join('\n');
}

/** One line on the step that has just been run. */
export function capacityStepLine(step: CapacityStep): string {
  const why = step.holds ? '' : `: ${step.reasons[0] ?? step.verdict}`;
  return `${step.branch} ${step.rateHz}/s, seed ${step.seed}: ${step.holds ? 'holds' : 'does not hold'}${why}`;
}

export function capacityHeadline({ scenario, rising }: CapacityResult): string {
  const { holdingHz, end, isGeneratorLimited } = rising;
  if (holdingHz === null) return `CAPACITY  ${scenario}: none found (${END_WORDS[end]})`;
  const isBound = end === 'limit' || end === 'rates' || end === 'signal' || isGeneratorLimited;
  const limit = isGeneratorLimited ? ', limited by the generator' : '';
  return `CAPACITY  ${scenario}: ${isBound ? 'at least ' : ''}${holdingHz}/s${limit}`;
}

function sentences(result: CapacityResult): string[] {
  const { clock, rising, falling, overload, criterion, isDefaultCriterion, tolerance, repeats } = result;
  const { runtime, hasHysteresis } = result;
  return [
    `a rate holds when ${criterion.join(' and ')}${isDefaultCriterion ? ' (default: the scenario has no thresholds)' : ''}, the result can be trusted, and what is in flight does not grow`,
    `stops when the failing rate is at most ${formatShare(tolerance)} above the holding one; of up to ${repeats} runs of a rate more than half must hold`,
    `from idle: ${branchSentence(rising)}`,
    ...(clock === 'real' && runtime === 'memory'
      ? [
          'in real time and in memory hosts and gateways share the cores of this machine: it is ikestorm itself that does not hold more',
        ]
      : []),
    ...(falling === null || overload === null
      ? []
      : [
          `after ${formatDuration(overload.durationNs)} at ${overload.rateHz}/s and ${formatDuration(overload.settleNs)} to settle: ${branchSentence(falling)}`,
        ]),
    ...(hasHysteresis === null
      ? falling?.isGeneratorLimited === true
        ? ['whether it has hysteresis is not known: the generator was the limit']
        : []
      : [
          hasHysteresis
            ? 'HYSTERESIS: after an overload it holds less than before'
            : 'no hysteresis: after an overload it holds what it held before',
        ]),
  ];
}

function branchSentence({ holdingHz, failingHz, end, isGeneratorLimited }: CapacityBranch): string {
  return [
    holdingHz === null ? 'no rate holds' : `${holdingHz}/s holds`,
    ...(failingHz === null ? [] : [`${failingHz}/s does not`]),
    ...(isGeneratorLimited
      ? ['which is the fault of the generator or of too few peers, so the system may hold more']
      : []),
    `ended: ${END_WORDS[end]}`,
  ].join(', ');
}

const END_WORDS: Readonly<Record<CapacityBranch['end'], string>> = {
  tolerance: 'as exact as asked for',
  limit: 'the highest rate that was to be tried holds',
  'nothing-holds': 'not even a thousandth of the first rate holds',
  rates: 'as many rates as allowed were tried',
  generator: 'limited by the generator',
  unreachable: 'nobody answers',
  invalid: 'a run was invalid',
  signal: 'stopped by a signal',
};

const HEADINGS = [
  'branch',
  'rate',
  'seed',
  'holds',
  'succeeded',
  'failed',
  'p50',
  'p99',
  'in flight',
  'why not',
];

function cells(step: CapacityStep): string[] {
  const inFlight =
    step.inFlightMiddle === null ? '-' : `${step.inFlightMiddle} to ${step.inFlightEnd ?? '-'}`;
  return [
    BRANCH_WORDS[step.branch],
    `${step.rateHz}/s`,
    String(step.seed),
    step.holds ? 'yes' : 'no',
    formatRate(step.succeededHz),
    formatShare(step.failedShare),
    formatDuration(step.p50Ns),
    formatDuration(step.p99Ns),
    inFlight,
    step.holds ? '' : (step.reasons[0] ?? step.verdict),
  ];
}

const BRANCH_WORDS: Readonly<Record<BranchName, string>> = { rising: 'from idle', falling: 'after overload' };
