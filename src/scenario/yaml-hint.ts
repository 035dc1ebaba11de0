/** YAML's syntax errors in our words, with the usual cause where there is one. */
import type { ErrorCode } from 'yaml';

/** Message and hint for an error of the YAML parser about the text that begins with `found`. */
export function suggestionForSyntax(
  code: ErrorCode,
  message: string,
  found: string,
): { readonly message: string; readonly hint?: string } {
  switch (code) {
    case 'DUPLICATE_KEY': {
      const key = /^[^\s:]+/.exec(found)?.[0];
      return {
        message: `key ${key === undefined ? '' : `"${key}" `}stands here for the second time`,
        hint: 'keep one of the two',
      };
    }
    case 'TAB_AS_INDENT':
      return { message: 'a tab cannot indent', hint: 'indent with blanks' };
    case 'MULTIPLE_DOCS':
      return {
        message: 'a second document begins here',
        hint: 'a file holds one scenario; remove the line ---',
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: `unknown tag: ${message}`,
        hint: 'scenarios are plain data; remove the word with the !',
      };
    case 'BAD_INDENT':
      if (!message.includes('end with')) return { message: `not valid YAML: ${message}`, hint: INDENTATION };
      return { message: `not valid YAML: ${message}`, hint: MISSING_CHARACTER };
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
      return {
        message: `not valid YAML: ${message}`,
        hint: INDENTATION,
      };
    case 'MISSING_CHAR':
      return { message: `not valid YAML: ${message}`, hint: MISSING_CHARACTER };
    default:
      return { message: `not valid YAML: ${message}` };
  }
}

const INDENTATION = 'check the indentation of this line and the one above';
const MISSING_CHARACTER = 'look for a missing colon, quote or bracket';
