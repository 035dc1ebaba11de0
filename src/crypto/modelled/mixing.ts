/**
 * A keyed mixing function in place of cryptography, for simulations that charge its cost instead of
 * paying it. Other input, other output, in all likelihood; whoever wants to find two inputs with one
 * output can. It protects nothing.
 */

/** Absorbs octets word by word into four words of 32 bits, and gives out as many octets as wanted. */
export class Mixer {
  #a: number;
  #b = 0x85ebca6b | 0;
  #c = 0xc2b2ae35 | 0;
  #d = 0x27d4eb2f | 0;

  /** Mixers of different `purpose` have nothing in common. */
  constructor(purpose: number) {
    this.#a = purpose | 0;
  }

  /** What is absorbed in two parts is not what is absorbed in one. */
  absorb(octets: Uint8Array): this {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    const { length } = octets;
    const whole = length & ~3;
    for (let index = 0; index < whole; index += 4) {
      const word =
        octets[index]! | (octets[index + 1]! << 8) | (octets[index + 2]! << 16) | (octets[index + 3]! << 24);
      const mixed = (Math.imul(a ^ word, 0x9e3779b1) + d) | 0;
      a = b;
      b = c;
      c = d;
      d = (mixed << 13) | (mixed >>> 19);
    }
    let rest = 0;
    for (let index = whole; index < length; index++) rest = (rest << 8) | octets[index]!;
    const end = (Math.imul(a ^ rest, 0x85ebca77) + d) | 0;
    this.#a = b ^ Math.imul(length + 1, 0x9e3779b1);
    this.#b = c;
    this.#c = d;
    this.#d = (end << 15) | (end >>> 17);
    this.#stir();
    return this;
  }

  /** Fresh octets that depend on all that was absorbed. */
  squeeze(length: number): Uint8Array {
    const octets = new Uint8Array(length);
    this.squeezeInto(octets, 0);
    return octets;
  }

  /** Writes what `squeeze` would give to `output`, from `start` to its end. */
  squeezeInto(output: Uint8Array, start: number): void {
    const { length } = output;
    for (let index = start, word = 0; index < length; word++) {
      let value = this.#word(word);
      for (const end = Math.min(index + 4, length); index < end; index++) {
        output[index] = value;
        value >>>= 8;
      }
    }
  }

  /** Whether `octets` from `start` to its end are what `squeeze` would give. */
  wouldSqueeze(octets: Uint8Array, start: number): boolean {
    const { length } = octets;
    let difference = 0;
    for (let index = start, word = 0; index < length; word++) {
      let value = this.#word(word);
      for (const end = Math.min(index + 4, length); index < end; index++) {
        difference |= octets[index]! ^ (value & 0xff);
        value >>>= 8;
      }
    }
    return difference === 0;
  }

  /** Writes `input` xor what `squeeze` would give to `output`, which is as long and may be the same. */
  xorInto(input: Uint8Array, output: Uint8Array): void {
    const { length } = input;
    for (let index = 0, word = 0; index < length; word++) {
      let value = this.#word(word);
      for (const end = Math.min(index + 4, length); index < end; index++) {
        output[index] = input[index]! ^ value;
        value >>>= 8;
      }
    }
  }

  #word(number: number): number {
    let value = (this.#a + Math.imul(number, 0x9e3779b1)) | 0;
    value = Math.imul(value ^ (value >>> 16) ^ this.#b, 0x7feb352d);
    value = Math.imul(value ^ (value >>> 15) ^ this.#c, 0x846ca68b);
    return value ^ (value >>> 16) ^ this.#d;
  }

  /** Lets every bit of the state depend on every other. */
  #stir(): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    for (let round = 0; round < 4; round++) {
      const mixed = Math.imul(a ^ (a >>> 15) ^ c, 0x2c1b3c6d) + d;
      a = b ^ (mixed >>> 13);
      b = (c + mixed) | 0;
      c = d ^ (mixed << 7);
      d = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }
}
