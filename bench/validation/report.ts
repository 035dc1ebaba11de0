/** docs/validation.md: what was predicted, what was measured, and by how much they differ. */
import type { FitPoint } from '../../src/cpu/calibration-card.ts';
import { rateText, shapeText } from './comparison.ts';
import type { ComparedKnee, ComparedPoint } from './comparison.ts';
import type { EchoBaseline } from './echo-baseline.ts';
import { garbageText } from './garbage.ts';
import type { Numbers } from './measurement.ts';
import { SPEED_DIFFERENCE_MAXIMUM } from './core-speed.ts';
import { OTHERS_MAXIMUM } from './machine-watch.ts';
import { HOSTS } from './scenarios.ts';
import type { StrongswanReport } from './strongswan.ts';
import type { TwinReport } from './twin.ts';

export interface Circumstances {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly strongswan: string;
  /** Of each load at least, where there was time. */
  readonly runs: number;
  readonly furtherRuns: number;
  /** Share of the cores that others used before it began. */
  readonly othersBefore: number;
  readonly minutes: number;
}

export interface ValidationContent {
  readonly circumstances: Circumstances;
  readonly echo: EchoBaseline;
  readonly strongswan: StrongswanReport;
  readonly twin: TwinReport;
}

/** What a prediction should be within of what is measured. */
const GOALS = { throughputHz: 0.1, knee: 0.1, p50Ms: 0.15, p99Ms: 0.3 } as const;
/** Share of its core that the generator may need at a point that says something of the gateway. */
const GENERATOR_MAXIMUM = 0.7;
type Compared = 'throughputHz' | 'p50Ms' | 'p99Ms';

export function validationText({ circumstances, echo, strongswan, twin }: ValidationContent): string {
  const { command, date, machine, runs, furtherRuns, othersBefore, minutes } = circumstances;
  const all = [...strongswan.points, ...twin.points];
  const disturbed = all.filter(({ measured }) => measured.disturbance.othersShare > OTHERS_MAXIMUM).length;
  const isBusy = disturbed > all.length / 4;
  return `# Predicted and measured

Does a gateway in virtual time do what a real one does? Here loads are first predicted with a
[calibration card](calibration.md) in virtual time, and then measured. Written by

    ${command}

on ${date}, in ${minutes.toFixed(0)} minutes on ${machine}. Others used ${percent(othersBefore)} of the cores when it began, and more than
${percent(OTHERS_MAXIMUM)} during ${disturbed} of ${all.length} points.${isBusy ? ' **That is more than a measurement bears: these numbers say that the command works, and nothing else.**' : ''}
Goals: throughput and knee within 10 %, p50 within 15 %, p99 within 30 %.

## How

- Gateway and generator have one core each (\`taskset\`), in a network namespace with nothing but loopback.
- ${HOSTS} hosts, main mode and one quick mode (AES-CBC-128, SHA-256, ESP in tunnel mode); a host deletes its former tunnel when it
  starts again. Loads of a rate are Poisson with the same arrivals in both; the warm-up has 60 % of the capacity, so that
  code is warm at low rates. With a number of hosts, each starts again when it has its tunnel.
- The generator looks for datagrams all the time instead of sleeping (\`bench/validation/generator.ts\`): nothing has to wake it, and a
  gateway whose core is a thread of the same core has its half of it under any load, when its card is made and when it is
  measured.
- The simulation has both computers: that of the gateway and that of the generator, which all hosts share. Latency counts from the
  planned start, in both. Cards say what work takes. Threads share a core in the slices that Linux gives them. Besides, a gateway whose
  core was idle takes a while to wake and is at work meanwhile, which is what a host alone waits for beyond the work of both ends (an echo between two
  programs on the two cores takes ${echo.p50Us.toFixed(0)} us there and back, p99 ${echo.p99Us.toFixed(0)} us); and Node.js collects garbage, as often and as long as
  it said under one of the loads of the calibration (generator: ${garbageText(strongswan.garbage)}; ikestorm as a gateway: ${garbageText(twin.garbage)}).
- Measured values are medians of ${runs === 1 ? 'one run' : `${runs} runs`} in which others used at most ${percent(OTHERS_MAXIMUM)} of the machine and its core was as fast as when the card was
  made, within ${percent(SPEED_DIFFERENCE_MAXIMUM)}; any other run is made again, up to ${runs + furtherRuns} in all as long as there is time. Where none was quiet, the quietest counts, whatever it says. _Slowness_ is
  what an exchange in group 14 took on the gateway's core before and after the run, over what it took right after the card was made: the host of a
  virtual machine can make it slower without a trace in its counts. _Others_ is
  CPU time of neither end nor of the command itself; _taken_ is how often in a second one of the two ends lost its core to others.
  The host of this machine took ${percent(Math.max(...all.map(({ measured }) => measured.disturbance.stealShare)))} at most (_steal_).
- Points at which the generator needed more than ${percent(GENERATOR_MAXIMUM)} of its core for its negotiations measure the generator as well. They are
  not counted among the goals, and stand apart.

## strongSwan

${circumstances.strongswan} with kernel-libipsec and its limits on half-open SAs switched off, as \`test/peers\` starts it. The card was
fitted to three loads, by the CPU time of charon's process, or its throughput where it used 90 % of its core or more:

${fitTable(strongswan.card.fit?.points ?? [])}

Factors on the card "${strongswan.card.fit?.basicCard ?? ''}": ${factorsText(strongswan.card.fit?.factors ?? {})}. ECDSA with group 14 was
never shown to it: its cost comes from the other three. A gateway that was idle takes ${us(strongswan.wakeNs)} us to wake. What the generator takes is
measured under the same loads without polling.

${comparisonText(strongswan.points, strongswan.knees)}

Round trips of single messages say which step is off (medians, ms; the generator's own time is in them):

${roundTripTable(strongswan.points)}

## One scenario on both clocks

\`ikestorm serve\` on a core of its own in real time, against the same scenario in virtual time with the card that
\`ikestorm calibrate\` made of the gateway's core beside one that polls, unchanged, for both ends. Hybrid authentication: the gateway signs with RSA-3072 and hosts log in
with a password, which costs the gateway more than the generator. A gateway that was idle takes ${us(twin.wakeNs)} us to
wake.
That the same negotiations succeed and fail for the same causes is a test (\`test/determinism/compliance.test.ts\`).

${comparisonText(twin.points, [twin.knee])}

## What is not compared

- More than one core: the generator needs the other one of this machine.
- Waits for RADIUS and revocation lists, limits on half-open SAs, loss: the model has them, and nothing here measures them.
- Costs that grow with the number of tunnels: all loads have the same number.
`;
}

function comparisonText(points: readonly ComparedPoint[], knees: readonly ComparedKnee[]): string {
  const isClaim = ({ generatorNeed }: { readonly generatorNeed: number }): boolean =>
    generatorNeed <= GENERATOR_MAXIMUM;
  const limited = points.filter((point) => !isClaim(point));
  return [
    summaryText(points.filter(isClaim), knees.filter(isClaim)),
    pointTable(points.filter(isClaim)),
    ...(limited.length === 0 ? [] : ['Limited by the generator:', pointTable(limited)]),
    kneeTable(knees),
  ].join('\n\n');
}

function roundTripTable(points: readonly ComparedPoint[]): string {
  const messages = [...new Set(points.flatMap(({ measured }) => Object.keys(measured.roundTrips)))];
  const rows = points.map(({ suite, shape, predicted, measured }) => [
    ...[suite.name, shapeText(shape)],
    ...messages.flatMap((message) => {
      const [model, real] = [predicted, measured].map(({ roundTrips }) => roundTrips[message] ?? Number.NaN);
      return [model!.toFixed(2), real!.toFixed(2)];
    }),
  ]);
  return table(['suite', 'load', ...messages.flatMap((message) => [message, 'measured'])], rows);
}

function fitTable(points: readonly FitPoint[]): string {
  const rows = points.map(
    ({
      scenario,
      negotiations,
      rateHz,
      demandNs,
      fittedNs,
      aloneNs,
      generatorNs = Number.NaN,
      gatewayShare,
      generatorShare,
    }) => [
      ...[scenario, `${negotiations}`, rateHz.toFixed(0), us(demandNs), us(fittedNs)],
      ...[signed(fittedNs, demandNs), us(generatorNs), us(aloneNs)],
      ...[percent(gatewayShare ?? Number.NaN), percent(generatorShare)],
    ],
  );
  const head = [
    'load',
    'negotiations',
    '1/s',
    'core time each, us',
    'card, us',
    'error',
    'generator each, us',
    'alone, us',
  ];
  return table([...head, 'gateway busy', 'generator busy'], rows);
}

const BUSY = ['gateway busy', 'measured'] as const;

function pointTable(points: readonly ComparedPoint[]): string {
  const rows = points.map(({ suite, shape, predicted, measured, slowness, generatorNeed, counted, made }) => [
    ...[suite.name, shapeText(shape)],
    ...compared(predicted, measured, 'throughputHz', 0),
    ...compared(predicted, measured, 'p50Ms', 2),
    ...compared(predicted, measured, 'p99Ms', 1),
    ...[measured.lagP99Ms.toFixed(1), percent(generatorNeed)],
    ...[percent(predicted.gatewayShare), percent(measured.gatewayShare), slowness.toFixed(2)],
    ...[percent(measured.disturbance.othersShare), takenText(measured.disturbance.involuntaryHz)],
    `${counted} of ${made}`,
  ]);
  const head = [
    'suite',
    'load',
    '1/s',
    'measured',
    'error',
    'p50, ms',
    'measured',
    'error',
    'p99, ms',
    'measured',
  ];
  const circumstances = [
    'send lag p99, ms',
    'generator needs',
    ...BUSY,
    'slowness',
    'others',
    'taken',
    'runs',
  ];
  return table([...head, 'error', ...circumstances], rows);
}

/** Counts of threads that ended meanwhile are gone, and a difference below zero says nothing. */
function takenText(hz: number): string {
  return hz < 0 ? '-' : hz.toFixed(0);
}

function compared(predicted: Numbers, measured: Numbers, key: Compared, digits: number): string[] {
  const each = [predicted[key].toFixed(digits), measured[key].toFixed(digits)];
  return [...each, signed(predicted[key], measured[key])];
}

function kneeTable(knees: readonly ComparedKnee[]): string {
  const rows = knees.map(({ suite, predicted, measured }) => [
    ...[suite.name, rateText(predicted.kneeHz), rateText(measured.kneeHz)],
    signed(predicted.kneeHz ?? Number.NaN, measured.kneeHz ?? Number.NaN),
    ...[rateText(predicted.plateauHz), rateText(measured.plateauHz)],
    signed(predicted.plateauHz, measured.plateauHz),
  ]);
  const head = ['suite', 'knee', 'measured', 'error', 'throughput beyond it', 'measured', 'error'];
  return `The knee: the offered rate of a ramp from half of the capacity to one and a half from which on less than 95 % of
what was offered got done; and what got done in the last quarter of the ramp.

${table(head, rows)}`;
}

function summaryText(points: readonly ComparedPoint[], knees: readonly ComparedKnee[]): string {
  const errors = (key: Compared): number[] =>
    points.map(({ predicted, measured }) => Math.abs(predicted[key] / measured[key] - 1));
  const kneeErrors = knees.map(({ predicted, measured }) =>
    Math.abs((predicted.kneeHz ?? Number.NaN) / (measured.kneeHz ?? Number.NaN) - 1),
  );
  const row = (name: string, all: readonly number[], goal: number): string[] => {
    const sorted = [...all].sort((a, b) => a - b);
    const mean = all.reduce((sum, error) => sum + error, 0) / all.length;
    const within = all.filter((error) => error <= goal).length;
    return [
      name,
      percent(goal),
      `${within} of ${all.length}`,
      percent(mean),
      percent(sorted.at(-1) ?? Number.NaN),
    ];
  };
  return table(
    ['', 'goal', 'within it', 'mean error', 'worst'],
    [
      row('throughput', errors('throughputHz'), GOALS.throughputHz),
      row('p50', errors('p50Ms'), GOALS.p50Ms),
      row('p99', errors('p99Ms'), GOALS.p99Ms),
      row('knee', kneeErrors, GOALS.knee),
    ],
  );
}

function factorsText(factors: Readonly<Record<string, number>>): string {
  return Object.entries(factors)
    .map(([kind, factor]) => `${kind} ${factor.toFixed(2)}`)
    .join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}

function us(ns: number): string {
  return (ns / 1_000).toFixed(0);
}

function percent(share: number): string {
  return Number.isNaN(share) ? '-' : `${(share * 100).toFixed(0)} %`;
}

/** How much more the prediction is than the measurement. */
function signed(predicted: number, measured: number): string {
  const error = (predicted / measured - 1) * 100;
  if (Number.isNaN(error)) return '-';
  return `${error < 0 ? '-' : '+'}${Math.abs(error).toFixed(1)} %`;
}
