/** Collects what the tests that passed have proven into a file, from which docs/interoperability.md is made. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule } from 'vitest/node';
import type { Proof } from './proof.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Written by each run of the tests with other implementations, over that of the run before. */
export const PROOF_FILE = `${ROOT}node_modules/.cache/ikestorm/proofs.json`;

export class ProofReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const proofs: Proof[] = [];
    for (const module of modules) {
      const test = relative(ROOT, module.moduleId);
      for (const each of module.children.allTests()) {
        if (each.result().state !== 'passed') continue;
        for (const proof of each.meta().proofs ?? []) proofs.push({ ...proof, test });
      }
    }
    mkdirSync(dirname(PROOF_FILE), { recursive: true });
    writeFileSync(PROOF_FILE, `${JSON.stringify(proofs, undefined, 2)}\n`);
  }
}
