// Requests are signed when they are good and say so, and certificates lead to the authority they came from.
import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkSigningRequest, hashDataOf, isSignedBy, localAuthority, subjectOf } from './index.js';
import { stationUri } from './local-authority.js';
import { hmac, newRequest } from './requests.fixture.js';

const nowMs = Date.parse('2026-11-26T12:00:00Z');
const clock = { now: () => nowMs, after: () => () => undefined };
const authority = localAuthority({ keys: { hmac }, clock, validityDays: 90 });
const expected = { commonName: 'CP1', organizations: ['Us'] };
let rsa: string;
let ec: string;
beforeAll(async () => {
  [rsa, ec] = await Promise.all([newRequest('CN=CP1, O=Us', 'rsa'), newRequest('CN=CP1, O=Us', 'ec')]);
});

describe('a request', () => {
  it('with a good key, its own signature and the right names is taken', async () => {
    for (const csr of [rsa, ec]) expect(await checkSigningRequest(csr, expected)).toEqual({ commonName: 'CP1', organization: 'Us' });
  });
  it('may give any names where none are expected', async () => {
    expect(await checkSigningRequest(ec, { organizations: [] })).toEqual({ commonName: 'CP1', organization: 'Us' });
  });
  it('may leave the operator to who signs', async () => {
    expect(await checkSigningRequest(await newRequest('CN=CP1', 'ec'), expected)).toEqual({ commonName: 'CP1' });
  });
  it('of another name, of another operator or of two of them is refused', async () => {
    expect(await checkSigningRequest(ec, { ...expected, commonName: 'CP2' })).toEqual({ refused: 'WrongCommonName' });
    expect(await checkSigningRequest(ec, { ...expected, organizations: ['Them'] })).toEqual({ refused: 'WrongOrganization' });
    expect(await checkSigningRequest(await newRequest('CN=CP1, CN=CP2, O=Us', 'ec'), expected)).toEqual({ refused: 'WrongCommonName' });
    for (const both of ['O=Us, O=Them', 'O=Them, O=Us'])
      expect(await checkSigningRequest(await newRequest(`CN=CP1, ${both}`, 'ec'), expected)).toEqual({ refused: 'WrongOrganization' });
  });
  it('with a key that is too small is refused', async () => {
    expect(await checkSigningRequest(await newRequest('CN=CP1, O=Us', 'weak'), expected)).toEqual({ refused: 'WeakKey' });
  });
  it('that was signed by another key is refused', async () => {
    const der = Buffer.from(ec.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    expect(await checkSigningRequest(forged, expected)).toEqual({ refused: 'BadSignature' });
  });
  it.each(['', 'x', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', 'A'.repeat(10_001)])(
    'that is none is refused (%#)',
    async (text) => expect(await checkSigningRequest(text, expected)).toEqual({ refused: 'InvalidCSR' }),
  );
});

describe('the local authority', () => {
  const order = {
    use: 'ChargingStationCertificate',
    tenantId: 'default',
    stationId: 'CP1',
    commonName: 'CP1',
    organization: 'A, "B" + C',
  } as const;
  it('signs for both kinds of keys, under a root that another process has too', async () => {
    const [root = ''] = await localAuthority({ keys: { hmac }, clock, validityDays: 1 }).roots('ChargingStationCertificate');
    for (const csr of [rsa, ec]) {
      const issued = await authority.issue({ ...order, csr });
      const certificate = new X509Certificate(issued.chain[0] ?? '');
      expect(isSignedBy([new X509Certificate(root)], certificate, nowMs)).toBe(true);
      expect(subjectOf(certificate)).toEqual({ commonNames: ['CP1'], organizations: ['A, "B" + C'] });
      expect(certificate.subjectAltName).toBe(`URI:${stationUri('default', 'CP1')}`);
      expect(certificate.ca).toBe(false);
      expect(certificate.serialNumber).toBe(issued.serialNumber);
      expect(Date.parse(issued.notAfter) - nowMs).toBe(90 * 86_400_000);
    }
  });
  it('has another root for every use, and for every network', async () => {
    const other = localAuthority({ keys: { hmac: (purpose, text) => hmac(purpose, `${text}!`) }, clock, validityDays: 1 });
    const certificate = new X509Certificate((await authority.issue({ ...order, csr: ec })).chain[0] ?? '');
    for (const [root = ''] of [await authority.roots('V2GCertificate'), await other.roots('ChargingStationCertificate')])
      expect(isSignedBy([new X509Certificate(root)], certificate, nowMs)).toBe(false);
  });
});

it('a certificate is named by the hashes of its issuer, as RFC 6960 has it', async () => {
  const [root = ''] = await authority.roots('ChargingStationCertificate');
  const issued = await authority.issue({ use: 'ChargingStationCertificate', tenantId: 't', stationId: 'CP1', commonName: 'CP1', csr: ec });
  const [own, issuer] = [new X509Certificate(issued.chain[0] ?? ''), new X509Certificate(root)];
  const named = hashDataOf(own, issuer);
  expect(named).toEqual({ ...hashDataOf(issuer), serialNumber: own.serialNumber.toLowerCase() });
  expect(named.issuerKeyHash).toMatch(/^[0-9a-f]{64}$/);
  expect(hashDataOf(own, issuer, 'SHA512').issuerKeyHash).toHaveLength(128);
});
