/** An IPv4 range in CIDR notation. */
export interface Ipv4Range {
  /** Its first address, as a number. */
  readonly first: number;
  /** How many leading bits are fixed. */
  readonly mask: number;
}

/** The range that the text names, or undefined if it names none: leading zeros and bits behind the mask are mistakes. */
export function ipv4RangeOf(text: string): Ipv4Range | undefined {
  const [, a, b, c, d, bits] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\/(0|[1-9]\d?)$/.exec(text) ?? [];
  const octets = [a, b, c, d].map(Number);
  const mask = Number(bits);
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const wellFormed = bits !== undefined && mask <= 32 && octets.every((octet) => octet <= 255);
  return wellFormed && first % 2 ** (32 - mask) === 0 ? { first, mask } : undefined;
}

/** This network, loopback, link-local, and all from multicast on: https://www.rfc-editor.org/rfc/rfc6890 */
const SPECIAL = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map((it) => ipv4RangeOf(it)!);

/** Whether the range lies where no host can have its address. */
export function isSpecial({ first }: Ipv4Range): boolean {
  return SPECIAL.some((it) => Math.floor(first / 2 ** (32 - it.mask)) === Math.floor(it.first / 2 ** (32 - it.mask)));
}
