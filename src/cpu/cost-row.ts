/** A row of the reference card: what its generated table is made of. */

/** Operation, nanoseconds of a call and of an octet, most octets, spread. */
export type CostRow = readonly [
  operation: string,
  callNs: number,
  octetNs: number,
  octetsMaximum: number,
  spread: number,
];
