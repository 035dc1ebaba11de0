/** The document of profiles, made from the profiles themselves. */
import { PROFILES } from '../peer/profile/catalogue.ts';
import type { PeerProfile } from '../peer/profile/profile.ts';
import { inlineYaml } from './inline-yaml.ts';
import { profileSettings } from './profile-settings.ts';

/** Markdown text of `docs/profiles.md`. */
export function profileReferenceText(): string {
  return [INTRODUCTION, overview(), ...PROFILES.map(section)].join('\n');
}

function overview(): string {
  const rows = PROFILES.map(({ name, device }) => `| [\`${name}\`](#${anchorOf(name)}) | ${device} |`);
  return ['| profile | device |', '| --- | --- |', ...rows, ''].join('\n');
}

function section(profile: PeerProfile): string {
  const rows = profileSettings(profile).map(
    ({ key, value, source }) => `| \`${key}\` | \`${inlineYaml(value)}\` | ${source} |`,
  );
  return [
    `## ${profile.name}\n`,
    `${profile.device}.\n`,
    '| key | value | source |',
    '| --- | --- | --- |',
    ...rows,
    '',
    'Not in the profile:\n',
    ...profile.gaps.map((gap) => `- ${gap}`),
    '',
  ].join('\n');
}

/** Anchor of a heading, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\w -]/g, '');
}

const INTRODUCTION = `# Profiles of real devices

<!-- Written by \`npm run schema\` from src/peer/profile/. Do not edit. -->

A group of peers behaves like a device when it says so:

\`\`\`yaml
peers:
  headquarters:
    role: gateway
    profile: cisco-ios
\`\`\`

A profile gives a value to every key below that the group leaves out. What the group writes itself stands, a mapping
such as \`retransmit\` as a whole. Keys that the profile does not name have their usual defaults
([scenario-reference.md](scenario-reference.md)). So a client with a profile that names proposals needs a gateway that
takes them. \`ikestorm profiles NAME\` prints one in the form of a scenario.

\`retry\` is taken from a profile where somebody can come back: by groups that initiate, in loads that do not start whoever
failed again themselves. With it a run lasts to the end of its measure window, as with any \`retry\`
([faults.md](faults.md)).

Each value has its source. Values said to be assumed were not measured. A profile changes when a peer sends, repeats,
waits, limits and ends; it does not imitate the contents of messages beyond the vendor IDs that it names, which are sent
besides those of what ikestorm can do (dead peer detection, NAT traversal, fragmentation).

OpenIKED has no profile, because it speaks IKEv2 only.
`;
