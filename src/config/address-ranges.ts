import { BlockList, isIP } from 'node:net';

type AddressRange = { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' };

/** Reads an IP address, or a range of them in CIDR notation (RFC 4632). Undefined for anything else. */
export function addressRange(text: string): AddressRange | undefined {
  const match = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match?.[1] ?? '';
  const version = isIP(address);
  if (version === 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = match?.[2] === undefined ? bits : Number(match[2]);
  return prefix > bits ? undefined : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** A set of IP addresses. */
export class AddressSet {
  private readonly list = new BlockList();
  private isEmpty = true;

  /** @param ranges as {@link addressRange} reads them; what it cannot read is in no set */
  constructor(ranges: readonly string[]) {
    for (const text of ranges) {
      const range = addressRange(text);
      if (range === undefined) continue;
      this.list.addSubnet(range.address, range.prefix, range.family);
      this.isEmpty = false;
    }
  }

  /** @param address of a socket: an IPv4 address may be written as the IPv6 one that it is mapped to (RFC 4291, 2.5.5.2) */
  has(address: string): boolean {
    // Asked for every request, and mostly of a set without members.
    if (this.isEmpty) return false;
    const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
    const version = isIP(plain);
    return version !== 0 && this.list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }
}
