/** From entries of `misbehave` as written to the rules that peers follow. */
import { MESSAGE_NAMES, type MessageName } from '../ike/v1/message-name.ts';
import type { Misdeed } from '../peer/misbehaviour/rule.ts';
import type { Misbehaviour } from './fault.ts';
import type { MisdeedSettings } from './schema.ts';

export function resolveMisdeed(settings: MisdeedSettings): Misbehaviour {
  const { message, share, from, for: forNs, chance, times } = settings;
  return {
    share,
    rule: {
      misdeed: misdeedOf(settings),
      ...(message !== undefined && { messages: messagesOf([message].flat()) }),
      fromNs: from,
      ...(forNs !== undefined && { forNs }),
      chance,
      ...(times !== undefined && { times }),
    },
  };
}

function misdeedOf(settings: MisdeedSettings): Misdeed {
  if ('payload' in settings) return { type: settings.what, payload: settings.payload };
  if ('after' in settings) return { type: settings.what, afterNs: settings.after };
  return { type: settings.what };
}

/** The messages that words stand for, in the order of their names. */
export function messagesOf(words: readonly string[]): MessageName[] {
  return MESSAGE_NAMES.filter((name) => words.some((word) => word === name || isOfFamily(name, word)));
}

function isOfFamily(name: MessageName, family: string): boolean {
  if (family === 'informational') return INFORMATIONAL.has(name);
  return name.startsWith(`${family}-`) && !INFORMATIONAL.has(name);
}

const INFORMATIONAL: ReadonlySet<MessageName> = new Set(['notify', 'delete', 'dpd-ask', 'dpd-answer']);
