// A mobility operator's little infrastructure: a root, an authority below it, contracts of cars, and a responder that says what was revoked.
import type { webcrypto } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pkijs from 'pkijs';
import { x509 } from './x509.js';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
export const RESPONDER = 'http://ocsp.example/';

export interface Identity {
  readonly pem: string;
  readonly name: string;
  readonly privateKey: webcrypto.CryptoKey;
}

export interface Wanted {
  readonly name: string;
  readonly isAuthority?: boolean;
  readonly fromDays?: number;
  readonly toDays?: number;
}

/** Around `nowMs`; names its responder. */
export async function identity(
  { name, isAuthority = false, fromDays = -10, toDays = 10 }: Wanted,
  nowMs: number,
  issuer?: Identity,
): Promise<Identity> {
  const { X509CertificateGenerator, BasicConstraintsExtension, AuthorityInfoAccessExtension } = await x509();
  const keys = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: name,
    issuer: issuer?.name ?? name,
    notBefore: new Date(nowMs + fromDays * DAY_MS),
    notAfter: new Date(nowMs + toDays * DAY_MS),
    signingAlgorithm: CURVE,
    publicKey: keys.publicKey,
    signingKey: issuer?.privateKey ?? keys.privateKey,
    extensions: [new BasicConstraintsExtension(isAuthority), new AuthorityInfoAccessExtension({ ocsp: RESPONDER })],
  });
  return { pem: certificate.toString('pem'), name, privateKey: keys.privateKey };
}

export const certificateOf = ({ pem }: Identity): pkijs.Certificate =>
  pkijs.Certificate.fromBER(new Uint8Array(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')).buffer);

/** What the responder of `issuer` answers to a question, whatever it is about. */
export async function ocspAnswer(
  question: Buffer,
  issuer: Identity,
  status: 'good' | 'revoked' | 'unknown',
  nowMs: number,
): Promise<Buffer> {
  const request = pkijs.OCSPRequest.fromBER(new Uint8Array(question).buffer);
  const basic = new pkijs.BasicOCSPResponse();
  const { subject } = certificateOf(issuer);
  basic.tbsResponseData.responderID = subject;
  basic.tbsResponseData.producedAt = new Date(nowMs);
  basic.tbsResponseData.responses = request.tbsRequest.requestList.map(({ reqCert }) => {
    const single = new pkijs.SingleResponse({ certID: reqCert });
    single.certStatus =
      status === 'revoked'
        ? new asn1.Constructed({
            idBlock: { tagClass: 3, tagNumber: 1 },
            value: [new asn1.GeneralizedTime({ valueDate: new Date(nowMs - 1000) })],
          })
        : new asn1.Primitive({ idBlock: { tagClass: 3, tagNumber: status === 'good' ? 0 : 2 }, lenBlock: { length: 1 } } as never);
    single.thisUpdate = new Date(nowMs - 1000);
    single.nextUpdate = new Date(nowMs + 3_600_000);
    return single;
  });
  await basic.sign(issuer.privateKey as never, 'SHA-256');
  const response = new pkijs.OCSPResponse({
    responseStatus: new asn1.Enumerated({ value: 0 }),
    responseBytes: new pkijs.ResponseBytes({
      responseType: pkijs.id_PKIX_OCSP_Basic,
      response: new asn1.OctetString({ valueHex: basic.toSchema().toBER(false) }),
    }),
  });
  return Buffer.from(response.toSchema().toBER(false));
}
