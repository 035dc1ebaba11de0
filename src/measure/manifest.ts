/** How a result was made: everything needed to judge it and to make it again. Collected by the run, stored in the result. */
import { z } from 'zod';

export const manifestSchema = z
  .object({
    startedAt: z.string().describe('UTC time of the run’s start, ISO 8601.'),
    commandLine: z.array(z.string()).describe('Arguments as given, program name first.'),
    scenarioFile: z.string().describe('Path as given; `-` for standard input.'),
    scenarioText: z.string().describe('The scenario file, word for word.'),
    scenarioSha256: z.string().describe('SHA-256 of the text in UTF-8, 64 hex digits.'),
    settings: z.array(z.string()).describe('`path=value` settings applied on top of the file.'),
    seed: z.number().int().describe('What every random number of the run came from.'),
    ikestormVersion: z.string(),
    nodeVersion: z.string(),
    v8Version: z.string(),
    opensslVersion: z.string(),
    os: z.string().describe('Platform and architecture, as `linux x64`.'),
    kernel: z.string().describe('Release of the operating system kernel.'),
    cpuModel: z.string(),
    cores: z.number().int().describe('Logical processors that the process may use.'),
    memoryOctets: z.number().int(),
    runtime: z.string().describe('Where peers lived: `memory` or `udp`.'),
    clock: z
      .enum(['real', 'virtual'])
      .optional()
      .describe(
        'Whose time the times of the result are; `real` where a result of an older version does not say.',
      ),
    workers: z.number().int().describe('Worker threads.'),
    cryptoBackends: z
      .record(z.string(), z.string())
      .describe('Which implementation computed each primitive, as `{"sha256": "native"}`.'),
    target: z
      .string()
      .nullable()
      .describe('Address and port of the tested gateway; null when all peers were simulated.'),
    sourceAddresses: z
      .array(z.string())
      .describe('Addresses that initiators sent from: single ones, ranges or blocks.'),
    udpBuffers: z
      .object({ receiveOctets: z.number().int(), sendOctets: z.number().int() })
      .nullable()
      .describe('Kernel buffers that each socket really got; null when unknown or without sockets.'),
  })
  .describe('How the result was made.');

export type Manifest = z.infer<typeof manifestSchema>;
