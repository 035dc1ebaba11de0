/** `ikestorm profiles`: which real devices a group of peers can behave like, and what that means. */
import { Argument, Command } from '@commander-js/extra-typings';
import { PROFILES } from '../../peer/profile/catalogue.ts';
import type { PeerProfile } from '../../peer/profile/profile.ts';
import { inlineYaml } from '../../scenario/inline-yaml.ts';
import { profileSettings } from '../../scenario/profile-settings.ts';
import type { Conclude } from '../conclude.ts';
import { EXIT_CODE } from '../exit-code.ts';

export function createProfilesCommand(conclude: Conclude) {
  return new Command('profiles')
    .description('list the real devices that peers can behave like')
    .addArgument(
      new Argument('[name]', 'profile to print as scenario keys').choices(PROFILES.map(({ name }) => name)),
    )
    .addHelpText('before', 'Examples:\n  $ ikestorm profiles\n  $ ikestorm profiles cisco-ios\n')
    .action((name) => {
      const profile = PROFILES.find((each) => each.name === name);
      process.stdout.write(profile === undefined ? listText() : profileText(profile));
      conclude(EXIT_CODE.pass);
    });
}

function listText(): string {
  const width = Math.max(...PROFILES.map(({ name }) => name.length));
  return PROFILES.map(({ name, device }) => `${name.padEnd(width)}  ${device}\n`).join('');
}

/** YAML with the sources as comments, ready to be copied into a group. */
function profileText(profile: PeerProfile): string {
  const lines = profileSettings(profile).flatMap(({ key, value, source }) => [
    `# ${source}`,
    `${key}: ${inlineYaml(value)}`,
  ]);
  const gaps = profile.gaps.map((gap) => `# - ${gap}`);
  return [`# ${profile.device}`, ...lines, '# Not in the profile:', ...gaps, ''].join('\n');
}
