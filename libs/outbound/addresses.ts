// Addresses that somebody of a tenant may have us call: public ones, so that nobody reaches through us what only we can reach (SSRF).
// Judged where the connection is made, by the address that is connected to: a name that means another address a moment later changes nothing.
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Private, shared, local, documentation, benchmark, multicast and reserved networks (IANA special-purpose registries), and what only wraps an IPv4 address. */
const SPECIAL: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
];
const special = new BlockList();
for (const [network, prefix, family] of SPECIAL) special.addSubnet(network, prefix, family);
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

export class PrivateAddress extends Error {
  readonly code = 'PrivateAddress';
  constructor() {
    super('the address is not a public one');
  }
}

/** An address in place of a name is connected to without being looked up, so it is judged here. */
export const isPublicHost = (hostname: string): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 || isPublicAddress(host);
};

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;
/** On this very machine: for who runs everything in one process. */
export const isOwn = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);

/** Looks a name up and gives only public addresses of it; none is an error. */
export const publicLookup: LookupFunction = (hostname, options, callback) =>
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const allowed = found.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (first === undefined) return callback(new PrivateAddress(), []);
    return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
  });

export interface Reach {
  /** Networks that only we can reach too, and without TLS. */
  readonly mayBePrivate: boolean;
  /** This very machine too: where one operator runs everything in one process. */
  readonly mayBeOwn: boolean;
}

/** How a connection there has to be made. Throws PrivateAddress where there may be none: an address that is not public, or no TLS. */
export function connecting(url: URL, { mayBePrivate, mayBeOwn }: Reach): { readonly lookup?: LookupFunction } {
  if (mayBePrivate || (mayBeOwn && isOwn(url))) return {};
  if (!/^(https|wss|mqtts):$/.test(url.protocol) || !isPublicHost(url.hostname)) throw new PrivateAddress();
  return { lookup: publicLookup };
}
