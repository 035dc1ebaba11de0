/**
 * The calibration card that comes with ikestorm: a virtual server with 2 cores, measured in CPU time. It
 * says what ikestorm's own code costs there; a gateway of your own is another machine with other code, and
 * wants a card of its own.
 */
import { CARD_FORMAT, CARD_FORMAT_VERSION } from './calibration-card.ts';
import type { CalibrationCard } from './calibration-card.ts';
import { REFERENCE_COSTS, REFERENCE_MACHINE, REFERENCE_MEASURED_AT } from './reference-costs.ts';

export const REFERENCE_CARD: CalibrationCard = {
  format: CARD_FORMAT,
  formatVersion: CARD_FORMAT_VERSION,
  name: 'reference',
  measuredAt: REFERENCE_MEASURED_AT,
  machine: REFERENCE_MACHINE,
  operations: Object.fromEntries(
    REFERENCE_COSTS.map(([operation, callNs, octetNs, octetsMaximum, spread]) => [
      operation,
      { callNs, octetNs, octetsMinimum: 0, octetsMaximum, spread },
    ]),
  ),
};
