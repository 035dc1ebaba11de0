/** `ping` of iputils, for packets of the kernel or of the other end through a tunnel. */
import { join } from 'node:path';
import { unpackDebianPackage } from './debian-package.ts';

export const PING = join(unpackDebianPackage('iputils-ping'), 'bin/ping');
