/**
 * How fast the gateway's core is. That of a virtual machine is slower while its host has other work for it, or for
 * the other thread of the same core, and no count of the system says so: the same work tells.
 */
import { runPinned, GATEWAY_CORE } from './site.ts';
import type { Site } from './site.ts';

/** More or less than this, and a run tells of another machine than the one that the card was made on. */
export const SPEED_DIFFERENCE_MAXIMUM = 0.1;

/**
 * Exchanges in group 14 for a fifth of a second, because multiplying is what others on the same core slow down:
 * beside the same neighbours hashes took up to a seventh more and exchanges up to two fifths. The median is that of a
 * core which is lost now and then for a moment only.
 */
const PROGRAM = `
const { getDiffieHellman } = require('node:crypto');
const [own, other] = [getDiffieHellman('modp14'), getDiffieHellman('modp14')];
own.generateKeys();
const publicKey = other.generateKeys();
const times = [];
const endNs = process.hrtime.bigint() + 200000000n;
for (let nowNs = process.hrtime.bigint(); nowNs < endNs; ) {
  const sinceNs = nowNs;
  own.computeSecret(publicKey);
  nowNs = process.hrtime.bigint();
  times.push(Number(nowNs - sinceNs));
}
console.log(times.sort((a, b) => a - b)[times.length >> 1]);
`;

export class CoreSpeed {
  readonly #site: Site;
  #referenceNs = Number.NaN;
  #latestNs = Number.NaN;

  constructor(site: Site) {
    this.#site = site;
  }

  /** What the core does now is what others are compared with: a card is being made. */
  async setReference(): Promise<void> {
    this.#referenceNs = this.#latestNs = await this.#workNs();
  }

  /** What the same work takes since the last look, over what it took when the card was made; 1: as much. */
  async slowness(): Promise<number> {
    const beforeNs = this.#latestNs;
    this.#latestNs = await this.#workNs();
    return (beforeNs + this.#latestNs) / 2 / this.#referenceNs;
  }

  async #workNs(): Promise<number> {
    const { stdout, stderr } = await runPinned(this.#site, GATEWAY_CORE, ['-e', PROGRAM]);
    const ns = Number(stdout);
    if (!(ns > 0)) throw new Error(`the speed of the core cannot be told:\n${stderr}`);
    return ns;
  }
}
