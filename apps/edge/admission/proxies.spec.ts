// Forwarded headers count from proxies that were named, and from nobody else.
import { describe, expect, it } from '@jest/globals';
import { Proxies } from './proxies.js';

const request = (remoteAddress: string, headers: Record<string, string> = {}) => ({ headers, socket: { remoteAddress } });

describe('proxies', () => {
  const proxies = new Proxies(['10.0.0.0/8', '::1']);
  it('are known by address or network, IPv4 on a dual socket included', () => {
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '::1']) expect(proxies.isTrusted(address)).toBe(true);
    for (const address of ['11.0.0.1', '::2', 'x', undefined]) expect(proxies.isTrusted(address)).toBe(false);
  });
  it('say who called: the last in the chain that is no proxy of ours', () => {
    const forwarded = { 'x-forwarded-for': '6.6.6.6, 7.7.7.7, 10.0.0.9' };
    expect(proxies.addressOf(request('10.0.0.1', forwarded))).toBe('7.7.7.7');
    expect(proxies.addressOf(request('8.8.8.8', forwarded))).toBe('8.8.8.8');
    expect(proxies.addressOf(request('10.0.0.1', { 'x-forwarded-for': 'nonsense' }))).toBe('10.0.0.1');
  });
  it('say whether it was encrypted', () => {
    expect(proxies.isEncrypted(request('10.0.0.1', { 'x-forwarded-proto': 'https' }))).toBe(true);
    expect(proxies.isEncrypted(request('8.8.8.8', { 'x-forwarded-proto': 'https' }))).toBe(false);
    expect(proxies.isEncrypted({ headers: {}, socket: { remoteAddress: '8.8.8.8', encrypted: true } })).toBe(true);
  });
  it.each(['proxy.example', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/255.0.0.0'])('%s stops the start, and trusts nobody', (entry) =>
    expect(() => new Proxies([entry])).toThrow(/OCPP_TRUSTED_PROXIES/),
  );
});
