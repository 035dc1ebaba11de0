/** Once before all files of these tests, which run at the same time: what they would else do at once. */
import { unpackDebianPackage } from './debian-package.ts';
import { removeLeftovers } from './namespace.ts';

export function setup(): void {
  removeLeftovers();
  for (const name of ['libreswan', 'vpnc', 'iputils-ping']) unpackDebianPackage(name);
}
