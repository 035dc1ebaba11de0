/** Starts a TypeScript file as a worker thread. Node 20 refuses it as the entry even with tsx loaded, so that a line of script imports it. */
import { Worker } from 'node:worker_threads';

export function startTypeScriptWorker(entry: URL, workerData: unknown): Worker {
  return new Worker(
    `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`,
    {
      eval: true,
      workerData,
    },
  );
}
