/** Plain values as YAML has them on one line. */

/** `{ first: 4s, tries: 5 }`, `[7s, 9s]`, `none`; for words, numbers, and lists and mappings of them. */
export function inlineYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}: ${inlineYaml(member)}`);
  return `{ ${members.join(', ')} }`;
}
