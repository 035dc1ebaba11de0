/** Writes calibration cards to files, and reads them. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { CalibrationCard } from '../../cpu/calibration-card.ts';
import { CardError, cardText, parseCard } from '../../cpu/card-file.ts';
import { REFERENCE_CARD } from '../../cpu/reference-card.ts';
import { PlanError } from '../plan.ts';
import { OutputError } from '../output-error.ts';

/** What a scenario and the command line call the card that comes with ikestorm. */
export const REFERENCE_NAME = 'reference';

/** @throws OutputError */
export async function writeCard(path: string, card: CalibrationCard): Promise<void> {
  try {
    await writeFile(path, cardText(card));
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}

/** The card of a file, or the one that comes with ikestorm. @throws PlanError when there is none. */
export async function readCard(path: string): Promise<CalibrationCard> {
  if (path === REFERENCE_NAME) return REFERENCE_CARD;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new PlanError(`calibration card ${path} cannot be read (${code})`, HINT);
  }
  try {
    return parseCard(text, path);
  } catch (error) {
    if (!(error instanceof CardError)) throw error;
    throw new PlanError(error.message, HINT);
  }
}

const HINT = '`ikestorm calibrate --out card.json` writes one';

/** SHA-256 of the card's text, 64 hex digits: two cards of one hash say the same. */
export function cardHash(card: CalibrationCard): string {
  return createHash('sha256').update(cardText(card)).digest('hex');
}
