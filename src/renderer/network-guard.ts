import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { AddressSet } from '../config/address-ranges.ts';

/** IPv4 networks that are not the public internet (the special-purpose registry of IANA, RFC 6890), and multicast. */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** The same of IPv6, where only 2000::/3 is public, without its parts for tunnels and documentation. */
const special6 = ['::/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '4000::/2', '8000::/1'];

/** An address that must not be connected to. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

/**
 * Keeps requests from reaching private, local and other special networks, by name or by address. Names are judged by the
 * addresses that a connection is then made to, so that a name cannot mean another one by then.
 */
export class NetworkGuard {
  private readonly allowed: AddressSet;
  // Apart, since a range of IPv6 that holds ::ffff:0:0/96 holds every IPv4 address too.
  private readonly special4 = new AddressSet(special4);
  private readonly special6 = new AddressSet(special6);

  /** @param allowed networks that may be reached all the same, as addresses and ranges */
  constructor(allowed: readonly string[]) {
    this.allowed = new AddressSet(allowed);
  }

  permits(address: string): boolean {
    const special = address.includes('.') ? this.special4 : this.special6;
    return this.allowed.has(address) || !special.has(address);
  }

  /**
   * Refuses a host that is an address which must not be connected to: no name is looked up for it.
   *
   * @param host as a URL has it, an IPv6 address in brackets
   * @throws ForbiddenAddress
   */
  assertHost(host: string): void {
    const address = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(address) !== 0 && !this.permits(address)) throw forbidden(host);
  }

  /** Looks a name up for a connection, and gives only addresses that may be connected to. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const permitted = addresses.filter(({ address }) => this.permits(address));
      const [first] = permitted;
      if (first === undefined) callback(forbidden(hostname), []);
      else answer(options.all === true, permitted, first, callback);
    });
  };
}

function answer(
  all: boolean,
  permitted: LookupAddress[],
  first: LookupAddress,
  callback: Parameters<LookupFunction>[2],
): void {
  if (all) callback(null, permitted);
  else callback(null, first.address, first.family);
}

function forbidden(host: string): ForbiddenAddress {
  return new ForbiddenAddress(
    `${host} is in a private or otherwise special network, which MUSTER_REPOSITORY_NETWORKS does not allow`,
  );
}
