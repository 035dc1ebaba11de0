/** Lets a gateway server go on by itself. */
import type { GatewayServer } from '../../src/cpu/gateway-server.ts';
import type { Job, JobWork } from '../../src/cpu/job.ts';
import type { Ns } from '../../src/peer/timer.ts';

export interface JobStory<Payload> {
  begin(job: Job<Payload>, nowNs: Ns): JobWork;
  end(job: Job<Payload>, nowNs: Ns): void;
}

/** Takes every step that is due by `untilNs`, each at its own time. */
export function drive<Payload>(server: GatewayServer<Payload>, story: JobStory<Payload>, untilNs: Ns): void {
  for (let dueNs = server.nextDueNs(); dueNs !== undefined && dueNs <= untilNs; dueNs = server.nextDueNs()) {
    for (let step = server.next(dueNs); step !== undefined; step = server.next(dueNs)) {
      if (step.type === 'begin') server.begun(story.begin(step.job, dueNs), dueNs);
      else story.end(step.job, dueNs);
    }
  }
  server.next(untilNs);
}
