// Whose word about a request is taken: who really called, whether it was encrypted, and with which certificate.
// Headers count only from proxies that were named; from anybody else they are what an attacker wrote.
import { BlockList, isIP } from 'node:net';
import { headerOf, type UpgradeRequest } from '../listener.js';

export class Proxies {
  readonly #trusted = new BlockList();

  /** Addresses (`10.0.0.5`, `::1`) and networks (`10.0.0.0/8`). Throws for anything else. */
  constructor(list: readonly string[]) {
    for (const entry of list) {
      const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
      const family = familyOf(address);
      if (family === undefined) throw new Error(`OCPP_TRUSTED_PROXIES: ${entry} is no address and no network`);
      if (prefix === undefined) this.#trusted.addAddress(address, family);
      else this.#trusted.addSubnet(address, Number(prefix), family);
    }
  }

  isTrusted(address: string | undefined): boolean {
    if (address === undefined) return false;
    const plain = unmapped(address);
    const family = familyOf(plain);
    return family !== undefined && this.#trusted.check(plain, family);
  }

  /** Of the peer, or where that is a proxy of ours, of whom it speaks for: the last one in the chain that is none. */
  addressOf(request: UpgradeRequest): string {
    const peer = unmapped(request.socket.remoteAddress ?? 'unknown');
    if (!this.isTrusted(peer)) return peer;
    const chain = (headerOf(request, 'x-forwarded-for') ?? '').split(',').map((part) => part.trim());
    return chain.findLast((address) => isIP(address) !== 0 && !this.isTrusted(address)) ?? peer;
  }

  isEncrypted(request: UpgradeRequest): boolean {
    const { encrypted, remoteAddress } = request.socket;
    return encrypted === true || (this.isTrusted(remoteAddress) && /^(https|wss)$/i.test(headerOf(request, 'x-forwarded-proto') ?? ''));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const family = isIP(address);
  return family === 4 ? 'ipv4' : family === 6 ? 'ipv6' : undefined;
}
/** An IPv4 peer of a dual-stack socket. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
