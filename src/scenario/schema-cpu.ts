/** Schema of the computer that simulated peers run on. */
import { z } from 'zod';
import { JOB_LIMIT_MAXIMUM, CORES_MAXIMUM, LOCK_SEGMENTS_MAXIMUM, THREADS_MAXIMUM } from './limits.ts';
import { decimalNumber, duration, flag, text, wholeNumber, word } from './schema-value.ts';

/** Classes of jobs, the most urgent first. */
const priority = word(['critical', 'high', 'medium', 'low']);
const threadCount = wholeNumber(0, THREADS_MAXIMUM);

const prioritiesSchema = z.strictObject({
  main: priority.prefault('low').describe('Messages of main mode.'),
  aggressive: priority.prefault('low').describe('Messages of aggressive mode.'),
  quick: priority.prefault('medium').describe('Messages of quick mode.'),
  transaction: priority.prefault('medium').describe('Messages of XAUTH and mode-config.'),
  informational: priority.prefault('high').describe('Notifications, deletes, dead peer detection.'),
  other: priority.prefault('medium').describe('Any other datagram.'),
  timer: priority.prefault('high').describe('What is due by a timer.'),
  command: priority.prefault('medium').describe('What the gateway is told to do, connect say.'),
});

const reservedSchema = z.strictObject({
  critical: threadCount.prefault(0).describe('Threads kept for critical jobs.'),
  high: threadCount.prefault(0).describe('Threads kept for high ones and above.'),
  medium: threadCount.prefault(0).describe('Threads kept for medium ones and above.'),
});

const blockingSchema = z.strictObject({
  'log-in': duration({ zero: true })
    .prefault('0s')
    .describe('Wait for the server that knows the users (RADIUS), for each log-in.'),
  certificate: duration({ zero: true })
    .prefault('0s')
    .describe('Wait for the server of revocation lists, for each chain of certificates.'),
});

const garbageSchema = z
  .strictObject({
    every: duration({ zero: false }).describe('Work on cores between two collections.'),
    pause: duration({ zero: false }).describe('What one takes; the job that comes to it does it.'),
  })
  .optional()
  .describe('Collections of garbage, as of programs in Java, Go or JavaScript. Default: none.');

export const cpuSchema = z
  .strictObject({
    shared: flag()
      .prefault(false)
      .describe('One computer for all peers of the group, instead of one for each.'),
    cores: wholeNumber(1, CORES_MAXIMUM).describe('Cores that compute.'),
    threads: wholeNumber(1, THREADS_MAXIMUM)
      .prefault(16)
      .describe('Threads of the daemon; one holds a job to its end, waits for others included.'),
    'own-threads': wholeNumber(0, THREADS_MAXIMUM)
      .prefault(0)
      .describe('Of them, threads that the daemon needs for itself all the time.'),
    card: text()
      .prefault('reference')
      .describe(
        'Calibration card: a file that `ikestorm calibrate` wrote, relative to the scenario, or `reference`.',
      ),
    speed: decimalNumber(0.001, 1_000)
      .prefault(1)
      .describe("How many times as fast as the card's computer a core is."),
    sharing: word(['run-to-completion', 'time-slices', 'processor-sharing'])
      .prefault('processor-sharing')
      .describe(
        'How threads share cores: whoever has one keeps it to the end of his work, or for a `slice`, or all run at once and more slowly.',
      ),
    slice: duration({ zero: false })
      .prefault('3ms')
      .describe(
        'With `time-slices`: how long a thread keeps a core that others wait for. Linux says 1.4 ms on 2 or 3 cores, 2.1 on 4 to 7, 2.8 on more; older versions 3 ms.',
      ),
    priorities: prioritiesSchema
      .prefault({})
      .describe('Class of each kind of job; a more urgent one is taken first.'),
    'reserved-threads': reservedSchema.prefault({}).describe('Threads that less urgent jobs leave free.'),
    blocking: blockingSchema
      .prefault({})
      .describe('Waits for other servers, with a thread held and no core used.'),
    'receive-queue': wholeNumber(1, JOB_LIMIT_MAXIMUM)
      .prefault(JOB_LIMIT_MAXIMUM)
      .describe('Jobs that wait for a thread; further datagrams are dropped and counted.'),
    'job-load-limit': wholeNumber(1, JOB_LIMIT_MAXIMUM)
      .optional()
      .describe('Waiting jobs from which on new negotiations are dropped and counted. Default: no limit.'),
    'lock-segments': wholeNumber(0, LOCK_SEGMENTS_MAXIMUM)
      .prefault(0)
      .describe('Parts of the table of SAs that are locked for a look-up; 1 locks all of it, 0 nothing.'),
    wake: duration({ zero: true })
      .prefault('0s')
      .describe(
        'What a core that was idle takes to begin: waking threads, cold caches. It is at work meanwhile, so that jobs cost more where there is little to do.',
      ),
    garbage: garbageSchema,
  })
  .optional()
  .describe(
    'Computer that each peer of the group runs on; needs `clock: virtual`. Default: computing takes no time.',
  );
