// What has to be found out before a call about certificates can be answered: whether a request may be signed, what a contract is worth, what became
// of certificates. Each question ends in time, and what could not be found out is told as such (A02, C07, M01, M06).
// What is answered then is said by the rules beside; signing is the stations service's.

import type { X509Certificate } from 'node:crypto';
import type { Budgets } from '#kernel';
import { type ContractVerdict, checkSigningRequest, judgeContract, type RequestVerdict } from '#pki';
import type { CertificateStatuses, ContractAnswer, ContractPool, StationEntry, StatusAnswer, StatusQuestion } from '#ports';
import type { StationPath } from '../admission/path.js';
import type { Payload } from './answer.js';

/** What was found out; absent = that was not the question, or there was no answer. */
export interface PkiFindings {
  /** Why a request is not signed; absent = it will be. */
  readonly refused?: Extract<RequestVerdict, { refused: string }>['refused'] | 'NoAuthority' | 'TooManyRequests';
  readonly contract?: ContractVerdict;
  readonly status?: StatusAnswer;
  /** In the order of the question. */
  readonly statuses?: readonly (StatusAnswer | undefined)[];
  readonly contractFromPool?: ContractAnswer;
}

export interface PkiAsker {
  readonly path: StationPath;
  readonly entry: StationEntry;
}

export interface PkiDesk {
  /** Undefined = nothing has to be found out for this call. Never rejects. */
  ask(asker: PkiAsker, action: string, payload: Payload, nowMs: number): Promise<PkiFindings> | undefined;
}

export interface PkiDeskOptions {
  readonly signs: boolean;
  /** How often a station may ask for a certificate. */
  readonly requests: Budgets;
  readonly organizations: readonly string[];
  readonly statuses: CertificateStatuses;
  readonly pool: ContractPool;
  /** Of ISO 15118. */
  readonly authorities: readonly X509Certificate[];
}

interface ChainQuestion {
  readonly certificateHashData: Omit<StatusQuestion, 'responderURL'>;
  readonly source: string;
  readonly urls: readonly string[];
}

export function pkiDesk({ signs, requests, organizations, statuses, pool, authorities }: PkiDeskOptions): PkiDesk {
  const pems = authorities.map((authority) => authority.toString());

  const signing = async ({ path, entry }: PkiAsker, { csr, certificateType }: Payload, nowMs: number): Promise<PkiFindings> => {
    if (!signs) return { refused: 'NoAuthority' };
    if (!requests.spend(`${path.tenantId}/${path.stationId}`, 1, nowMs)) return { refused: 'TooManyRequests' };
    const { organization, commonName = path.stationId } = entry.certificate ?? {};
    const isForCars = String(certificateType ?? '').startsWith('V2G');
    const verdict = await checkSigningRequest(String(csr), {
      ...(!isForCars && { commonName }),
      organizations: organization === undefined ? organizations : [...organizations, organization],
    });
    return 'refused' in verdict ? verdict : {};
  };

  const contract = async (
    { certificate, iso15118CertificateHashData: hashData, idToken }: Payload,
    nowMs: number,
  ): Promise<PkiFindings> => {
    const emaid = String((idToken as { readonly idToken?: unknown } | undefined)?.idToken ?? '');
    const presented = {
      emaid,
      ...(typeof certificate === 'string' && { certificate }),
      ...(Array.isArray(hashData) && { hashData: hashData as readonly StatusQuestion[] }),
    };
    return { contract: await judgeContract(presented, { roots: authorities, statuses, nowMs }) };
  };

  /** What we say in our own words has to be vouched for; a responder's own words the station checks itself. */
  const chain = ({ certificateHashData, source, urls }: ChainQuestion): Promise<StatusAnswer | undefined> =>
    source !== 'OCSP' || authorities.length === 0
      ? Promise.resolve(undefined)
      : statuses.ask({ ...certificateHashData, responderURL: urls[0] ?? '' }, pems);

  return {
    ask(asker, action, payload, nowMs) {
      switch (action) {
        case 'SignCertificate':
          return signing(asker, payload, nowMs);
        case 'Authorize':
          return payload.certificate === undefined && payload.iso15118CertificateHashData === undefined
            ? undefined
            : contract(payload, nowMs);
        case 'GetCertificateStatus':
          return statuses.ask(payload.ocspRequestData as StatusQuestion).then((status) => (status === undefined ? {} : { status }));
        case 'GetCertificateChainStatus':
          return Promise.all((payload.certificateStatusRequests as readonly ChainQuestion[]).map(chain)).then((all) => ({ statuses: all }));
        case 'Get15118EVCertificate':
          return pool.ask(payload as never).then((answer) => (answer === undefined ? {} : { contractFromPool: answer }));
        default:
          return undefined;
      }
    },
  };
}
