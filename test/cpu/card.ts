/** A calibration card with round numbers. */
import type { CalibrationCard, OperationCost } from '../../src/cpu/calibration-card.ts';

export function cost(callNs: number, octetNs = 0, octetsMaximum = 1000): OperationCost {
  return { callNs, octetNs, octetsMinimum: 0, octetsMaximum, spread: 0 };
}

export const CARD: CalibrationCard = {
  format: 'ikestorm-calibration-card',
  formatVersion: 1,
  name: 'round numbers',
  measuredAt: '2026-01-01T00:00:00.000Z',
  machine: {
    cpuModel: 'none',
    cores: 1,
    os: 'none',
    nodeVersion: '20',
    opensslVersion: '3',
    crypto: 'fastest',
  },
  operations: {
    event: cost(1000),
    receive: cost(100),
    send: cost(200),
    parse: cost(10, 1),
    encode: cost(20, 1),
    'look-up': cost(50),
    'log-in': cost(5),
    'hmac:sha256': cost(300, 2, 100),
  },
};
