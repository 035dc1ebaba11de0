/** Schema of what goes through tunnels once they stand. */
import { z } from 'zod';
import { PING_OCTETS_MAXIMUM, PING_OCTETS_MINIMUM, PINGS_MAXIMUM, REPLAY_WINDOW_MAXIMUM } from './limits.ts';
import { duration, template, wholeNumber } from './schema-value.ts';

/** Echo requests of initiators. */
export const pingSchema = z
  .strictObject({
    count: wholeNumber(1, PINGS_MAXIMUM).prefault(3).describe('Echo requests through each tunnel.'),
    interval: duration({ zero: false }).prefault('1s').describe('Time from one request to the next.'),
    timeout: duration({ zero: false })
      .prefault('2s')
      .describe('A request without a reply for this long is lost.'),
    size: wholeNumber(PING_OCTETS_MINIMUM, PING_OCTETS_MAXIMUM)
      .prefault(56)
      .describe('Octets of data after the ICMP header.'),
    to: template()
      .optional()
      .describe(
        'Address to ping, a template. Default: the first host of the remote network, or the gateway itself between hosts.',
      ),
  })
  .optional()
  .describe(
    'What initiators send through each tunnel from the moment that it stands. The sender is the lent address, or the ' +
      'first host of the local network; simulated gateways answer for every address that their tunnels protect.',
  );

export const replayWindowSchema = wholeNumber(0, REPLAY_WINDOW_MAXIMUM)
  .prefault(64)
  .describe('Packets in which ESP looks for replays (RFC 4303); `0`: it does not look.');
