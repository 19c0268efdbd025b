// What was found out about certificates is what stations hear, in the words of each version and within its lengths; and asking is bounded.
import { describe, expect, it } from '@jest/globals';
import type { VerdictStatus } from '#domain/authorization';
import { Budgets } from '#kernel';
import { validate } from '#ocpp';
import type { StationEntry } from '#ports';
import { newRequest } from '../../../libs/pki/requests.fixture.js';
import type { Payload } from './answer.js';
import { ANSWERS_16 } from './answers-v16.js';
import { ANSWERS_21 } from './answers-v21.js';
import { ANSWERS_201 } from './answers-v201.js';
import { type PkiFindings, pkiDesk } from './pki-desk.js';

const TABLES = { 'ocpp1.6': ANSWERS_16, 'ocpp2.0.1': ANSWERS_201, 'ocpp2.1': ANSWERS_21 } as const;
type Version = keyof typeof TABLES;
const entry = { bootStatus: 'Accepted', heartbeatIntervalS: 300 } as const;
const base = { entry, bootRetryIntervalS: 60, now: '2026-11-26T12:00:00.000Z' };

/** The answer, which fits its schema. */
function answered(version: Version, action: string, pki: PkiFindings, payload: Payload = {}, status?: VerdictStatus): object {
  const answer = TABLES[version].get(action)?.({ ...base, pki, ...(status && { verdict: { status } }) }, payload) ?? {};
  expect(validate(version, action, 'response', answer)).toEqual([]);
  return answer;
}
const good = { status: 'good', response: 'AAAA', nextUpdateMs: Date.parse('2026-11-27T12:00:00Z') } as const;

describe('a contract', () => {
  const authorize = (contract: PkiFindings['contract'], status: VerdictStatus = 'Accepted') =>
    answered('ocpp2.0.1', 'Authorize', contract === undefined ? {} : { contract }, { certificate: 'pem' }, status);
  it('in order opens what its token does (C07.FR.14)', () => {
    expect(authorize('Accepted')).toEqual({ idTokenInfo: { status: 'Accepted' }, certificateStatus: 'Accepted' });
    expect(authorize('Accepted', 'ConcurrentTx')).toMatchObject({ idTokenInfo: { status: 'ConcurrentTx' }, certificateStatus: 'Accepted' });
  });
  it.each(['Blocked', 'Expired', 'Invalid', 'Unknown'] as const)('in order with a token that is %s was cancelled (C07.FR.13)', (status) =>
    expect(authorize('Accepted', status)).toMatchObject({ idTokenInfo: { status }, certificateStatus: 'ContractCancelled' }),
  );
  it('that has run out, was revoked, or cannot be verified opens nothing, whatever its token is worth (C07.FR.15-17)', () => {
    expect(authorize('CertificateExpired')).toEqual({ idTokenInfo: { status: 'Expired' }, certificateStatus: 'CertificateExpired' });
    expect(authorize('CertificateRevoked')).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertificateRevoked' });
    for (const contract of ['CertChainError', undefined] as const)
      expect(authorize(contract)).toEqual({ idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' });
  });
});

describe('a request for a certificate', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)(
    'is accepted in %s when nothing speaks against it, and rejected otherwise',
    (version) => {
      expect(answered(version, 'SignCertificate', {})).toEqual({ status: 'Accepted' });
      expect(answered(version, 'SignCertificate', { refused: 'WrongOrganization' })).toMatchObject({ status: 'Rejected' });
    },
  );
  const desk = (signs: boolean, organizations: readonly string[] = []) =>
    pkiDesk({
      signs,
      requests: new Budgets({ burst: 2, perS: 0 }),
      organizations,
      statuses: { ask: async () => undefined },
      pool: { ask: async () => undefined },
      authorities: [],
    });
  it('of a station that came with its maker’s certificate may name the maker or the operator, and nobody else (A00.FR.406)', async () => {
    const made = { ...entry, certificate: { organization: 'Maker' } } as unknown as StationEntry;
    const asker = { path: { tenantId: 'default', stationId: 'CP1' }, entry: made };
    const answers = ['Maker', 'Us', 'Them'].map(async (name) =>
      desk(true, ['Us']).ask(asker, 'SignCertificate', { csr: await newRequest(`CN=CP1, O=${name}`, 'ec') }, 0),
    );
    expect(await Promise.all(answers)).toEqual([{}, {}, { refused: 'WrongOrganization' }]);
  });
  it('is not signed where nobody signs, nor too often', async () => {
    const asker = { path: { tenantId: 'default', stationId: 'CP1' }, entry: entry as unknown as StationEntry };
    const ask = (at: ReturnType<typeof desk>) => at.ask(asker, 'SignCertificate', { csr: 'x' }, 0);
    expect(await ask(desk(false))).toEqual({ refused: 'NoAuthority' });
    const busy = desk(true);
    expect([await ask(busy), await ask(busy), await ask(busy)].map((found) => found?.refused)).toEqual([
      'InvalidCSR',
      'InvalidCSR',
      'TooManyRequests',
    ]);
    expect(busy.ask(asker, 'Authorize', { idToken: { idToken: 'a', type: 'Central' } }, 0)).toBeUndefined();
  });
});

describe('the status of certificates', () => {
  it('goes to the station as the responder said it, and is Failed where it said nothing or too much (M06.FR.02-04)', () => {
    expect(answered('ocpp2.0.1', 'GetCertificateStatus', { status: good })).toEqual({ status: 'Accepted', ocspResult: 'AAAA' });
    expect(answered('ocpp2.0.1', 'GetCertificateStatus', { status: { ...good, response: 'A'.repeat(5504) } })).toEqual({
      status: 'Failed',
    });
    expect(answered('ocpp2.0.1', 'GetCertificateStatus', {})).toEqual({ status: 'Failed' });
  });
  it('is told in our words in 2.1, for each certificate of a chain, and Failed where nobody vouches for it', () => {
    const certificateHashData = { hashAlgorithm: 'SHA256', issuerNameHash: 'a', issuerKeyHash: 'b', serialNumber: '1' };
    const request = { certificateHashData, source: 'OCSP', urls: ['http://ocsp.example'] };
    const payload = { certificateStatusRequests: [request, request, request] };
    const statuses = [good, { ...good, status: 'revoked' as const }, undefined];
    expect(answered('ocpp2.1', 'GetCertificateChainStatus', { statuses }, payload)).toMatchObject({
      certificateStatus: [
        { status: 'Good', nextUpdate: '2026-11-27T12:00:00.000Z' },
        { status: 'Revoked' },
        { status: 'Failed', nextUpdate: base.now },
      ],
    });
  });
});

it.each([
  ['ocpp2.0.1', 5_600],
  ['ocpp2.1', 17_000],
] as const)('a car of %s is given the contract of the pool as it is, up to %i characters', (version, longest) => {
  const pool = (length: number) => ({ contractFromPool: { exiResponse: 'e'.repeat(length), remainingContracts: 0 } });
  expect(answered(version, 'Get15118EVCertificate', pool(longest))).toMatchObject({ status: 'Accepted' });
  expect(answered(version, 'Get15118EVCertificate', pool(longest + 1))).toEqual({ status: 'Failed', exiResponse: '' });
  expect(answered(version, 'Get15118EVCertificate', {})).toEqual({ status: 'Failed', exiResponse: '' });
});
