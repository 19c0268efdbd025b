// Contract certificates open what they should (C07.FR.05/13-17), and responders are believed only for their own (RFC 6960).
import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as pkijs from 'pkijs';
import { certificateOf, type Identity, identity, ocspAnswer, RESPONDER } from './contracts.fixture.js';
import { certificateStatuses, hashDataOf, judgeContract } from './index.js';

let nowMs = Date.now();
const clock = { now: () => nowMs, after: () => () => undefined };
let root: Identity;
let sub: Identity;
let car: Identity;
let expired: Identity;
let stranger: Identity;
beforeAll(async () => {
  root = await identity({ name: 'CN=MO Root', isAuthority: true }, nowMs);
  sub = await identity({ name: 'CN=MO Sub', isAuthority: true }, nowMs, root);
  car = await identity({ name: 'CN=DEABCC12345678' }, nowMs, sub);
  expired = await identity({ name: 'CN=DEABCC12345678', toDays: -1 }, nowMs, sub);
  stranger = await identity({ name: 'CN=MO Root', isAuthority: true }, nowMs);
});

const issuerOf = (question: Buffer): Identity => {
  const request = pkijs.OCSPRequest.fromBER(new Uint8Array(question).buffer);
  const hash = Buffer.from(request.tbsRequest.requestList[0]?.reqCert.issuerNameHash.valueBlock.valueHexView ?? []).toString('hex');
  return hash === hashDataOf(new X509Certificate(sub.pem)).issuerNameHash ? root : sub;
};

interface World {
  readonly says?: 'good' | 'revoked' | 'unknown';
  readonly responder?: Identity;
  readonly responders?: readonly string[];
  readonly isSilent?: boolean;
}
const desk = ({ says = 'good', responder, responders = ['ocsp.example'], isSilent = false }: World = {}) => {
  const asked: string[] = [];
  const statuses = certificateStatuses({
    responders,
    clock,
    exchange: (url, body) => {
      asked.push(url.href);
      return isSilent ? Promise.reject(new Error('silence')) : ocspAnswer(body, responder ?? issuerOf(body), says, nowMs);
    },
  });
  return { asked, statuses };
};
const judge = (certificate: string, world: World = {}, emaid = 'DE-ABC-C12345678') =>
  judgeContract({ certificate, emaid }, { roots: [new X509Certificate(root.pem)], statuses: desk(world).statuses, nowMs });
const questionOf = (own: Identity, issuer: Identity) => ({
  ...hashDataOf(new X509Certificate(own.pem), new X509Certificate(issuer.pem)),
  responderURL: RESPONDER,
});

it('hashes name a certificate as others do', async () => {
  const named = await pkijs.CertID.create(certificateOf(car), { hashAlgorithm: 'SHA-256', issuerCertificate: certificateOf(sub) });
  const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
  const { issuerNameHash, issuerKeyHash } = questionOf(car, sub);
  expect([hex(named.issuerNameHash.valueBlock.valueHexView), hex(named.issuerKeyHash.valueBlock.valueHexView)]).toEqual([
    issuerNameHash,
    issuerKeyHash,
  ]);
});

describe('a contract', () => {
  it('that leads to a root and was not revoked is accepted', async () => expect(await judge(car.pem + sub.pem)).toBe('Accepted'));
  it('that has run out is expired', async () => expect(await judge(expired.pem + sub.pem)).toBe('CertificateExpired'));
  it('that was revoked says so', async () => expect(await judge(car.pem + sub.pem, { says: 'revoked' })).toBe('CertificateRevoked'));
  it.each<[string, () => Promise<string>]>([
    ['without the authority between', () => judge(car.pem)],
    ['of an authority that only has the right name', async () => judge((await identity({ name: car.name }, nowMs, stranger)).pem)],
    ['of another car', () => judge(car.pem + sub.pem, {}, 'DE-ABC-C99999999')],
    ['nobody can say anything about', () => judge(car.pem + sub.pem, { isSilent: true })],
    ['whose responder does not know it', () => judge(car.pem + sub.pem, { says: 'unknown' })],
    ['whose responder is not named', () => judge(car.pem + sub.pem, { responders: [] })],
    ['for which somebody else answers', () => judge(car.pem + sub.pem, { responder: stranger })],
    ['that is no certificate', () => judge('x')],
  ])('%s is worth nothing', async (_, judged) => expect(await judged()).toBe('CertChainError'));
  it('told by its hashes alone is judged by what responders say of them', async () => {
    const known = { roots: [root, sub].map(({ pem }) => new X509Certificate(pem)), nowMs };
    const hashData = [questionOf(car, sub), questionOf(sub, root)];
    expect(await judgeContract({ hashData, emaid: '' }, { ...known, statuses: desk().statuses })).toBe('Accepted');
    expect(await judgeContract({ hashData, emaid: '' }, { ...known, statuses: desk({ says: 'revoked' }).statuses })).toBe(
      'CertificateRevoked',
    );
    expect(await judgeContract({ hashData, emaid: '' }, { ...known, roots: [], statuses: desk().statuses })).toBe('CertChainError');
    expect(await judgeContract({ hashData: [], emaid: '' }, { ...known, statuses: desk().statuses })).toBe('CertChainError');
  });
});

describe('responders', () => {
  it('are asked once for what they said, until that is over', async () => {
    const { asked, statuses } = desk();
    const question = questionOf(car, sub);
    const [first, second] = await Promise.all([statuses.ask(question), statuses.ask(question)]);
    expect([first?.status, second]).toEqual(['good', first]);
    await statuses.ask(question);
    expect(asked).toHaveLength(1);
    nowMs += 2 * 3_600_000;
    await statuses.ask(question);
    expect(asked).toHaveLength(2);
  });
  it('are never an address a station made up', async () => {
    const { asked, statuses } = desk();
    for (const responderURL of ['http://127.0.0.1/', 'http://u:p@ocsp.example/', 'file://ocsp.example/x', 'http://ocsp.example.evil/', ''])
      expect(await statuses.ask({ ...questionOf(car, sub), responderURL })).toBeUndefined();
    expect(asked).toEqual([]);
  });
  it('that answer about another certificate say nothing', async () => {
    const other = await identity({ name: 'CN=other' }, nowMs, sub);
    const statuses = certificateStatuses({
      responders: ['ocsp.example'],
      clock,
      exchange: async () => {
        const { ocspRequest } = await import('./ocsp.js');
        return ocspAnswer(await ocspRequest(questionOf(other, sub)), sub, 'good', nowMs);
      },
    });
    expect(await statuses.ask(questionOf(car, sub))).toBeUndefined();
  });
  it('that answer nonsense say nothing', async () => {
    const statuses = certificateStatuses({ responders: ['ocsp.example'], clock, exchange: async () => Buffer.from('nonsense') });
    expect(await statuses.ask(questionOf(car, sub))).toBeUndefined();
  });
});
