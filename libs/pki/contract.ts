// What a contract certificate of a car is worth (2.0.1 C07.FR.05, C07.FR.13-17): its chain up to a root we were given, its times, and what responders say.
// What the contract's token is worth is somebody else's verdict.
import type { X509Certificate } from 'node:crypto';
import type { CertificateStatuses, StatusQuestion } from '#ports';
import { chainOf, isInForce, isSignedBy, subjectOf } from './chain.js';
import { hashDataOf } from './hash-data.js';
import { responderOf } from './revocation.js';

/** In the words of AuthorizeCertificateStatusEnumType. */
export type ContractVerdict = 'Accepted' | 'CertificateExpired' | 'CertificateRevoked' | 'CertChainError';

export interface PresentedContract {
  /** The whole chain as PEM: the station could not judge it itself. */
  readonly certificate?: string;
  /** Of each certificate of a chain the station judged. */
  readonly hashData?: readonly StatusQuestion[];
  /** The token that came with it: the certificate has to name it. */
  readonly emaid: string;
}

export interface ContractJudge {
  /** Of mobility operators; authorities below them may be among them. */
  readonly roots: readonly X509Certificate[];
  readonly statuses: CertificateStatuses;
  readonly nowMs: number;
}

/** An EMAID is the same with and without its separators. */
const plain = (emaid: string): string => emaid.replaceAll('-', '').toUpperCase();

/** Never rejects. Where anything cannot be found out, nothing is opened: CertChainError. */
export async function judgeContract({ certificate, hashData, emaid }: PresentedContract, judge: ContractJudge): Promise<ContractVerdict> {
  try {
    if (certificate !== undefined) return await judgeChain(chainOf(certificate), emaid, judge);
    return await judgeHashes(hashData ?? [], judge);
  } catch {
    return 'CertChainError';
  }
}

async function judgeChain(
  [own, ...links]: readonly X509Certificate[],
  emaid: string,
  { roots, statuses, nowMs }: ContractJudge,
): Promise<ContractVerdict> {
  if (own === undefined || !subjectOf(own).commonNames.some((name) => plain(name) === plain(emaid))) return 'CertChainError';
  const chain = [own, ...links.filter((link) => !link.checkIssued(link))];
  if (chain.some((each) => !isInForce(each, nowMs))) return 'CertificateExpired';
  if (!isSignedBy(roots, own, nowMs, links)) return 'CertChainError';
  const known = [...links, ...roots];
  return judgeAnswers(
    chain.map((each) => {
      const issuer = known.find((authority) => each.checkIssued(authority) && each.verify(authority.publicKey));
      const responderURL = responderOf(each);
      if (issuer === undefined || responderURL === undefined) return Promise.resolve(undefined);
      return statuses.ask({ ...hashDataOf(each, issuer), responderURL }, pems([issuer, ...roots]));
    }),
  );
}

/** Who answers has to be vouched for by an authority that we were given, so its issuer has to be among them. */
const judgeHashes = (hashData: readonly StatusQuestion[], { roots, statuses }: ContractJudge): Promise<ContractVerdict> =>
  judgeAnswers(hashData.map((question) => (roots.length === 0 ? Promise.resolve(undefined) : statuses.ask(question, pems(roots)))));

async function judgeAnswers(asked: readonly ReturnType<CertificateStatuses['ask']>[]): Promise<ContractVerdict> {
  const answers = await Promise.all(asked);
  if (answers.some((answer) => answer?.status === 'revoked')) return 'CertificateRevoked';
  return answers.length > 0 && answers.every((answer) => answer?.status === 'good') ? 'Accepted' : 'CertChainError';
}

const pems = (certificates: readonly X509Certificate[]): readonly string[] => [...new Set(certificates.map((each) => each.toString()))];
