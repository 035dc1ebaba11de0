/**
 * ikestorm as a library: the functions behind the commands.
 *
 *     const loaded = await loadScenario('scenario.yaml', { settings: [] });
 *     const result = await runScenario(loaded, { workers: 2 });
 */
export { defineScenario } from './scenario/define.ts';
export { loadScenario, parseScenario } from './scenario/load.ts';
export type { LoadOptions } from './scenario/load.ts';
export { ScenarioError, formatScenarioError } from './scenario/scenario-error.ts';
export type { ScenarioProblem } from './scenario/scenario-error.ts';
export type { ScenarioInput } from './scenario/schema.ts';
export type { LoadedScenario, Scenario } from './scenario/scenario.ts';

export { RunStartError, runScenario } from './run/execute.ts';
export type { RunOptions, RunProgress } from './run/execute.ts';
export { OutputError } from './run/output-error.ts';
export { PlanError } from './run/plan.ts';
export { TargetError } from './run/target.ts';

export { parseRunResult } from './measure/result.ts';
export type { RunResult, Verdict } from './measure/result.ts';
export type { Manifest } from './measure/manifest.ts';
export { summaryMarkdown } from './report/summary-markdown.ts';
export { summaryText } from './report/summary-text.ts';
