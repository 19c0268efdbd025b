// Certificates of others that a station trusts or hands on: as it tells them by their hashes, as we installed and deleted them (M03-M05).
// When one runs out is known only of those that went through our hands.
import { X509Certificate } from 'node:crypto';
import { hashDataOf } from '#pki';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, type Json } from '../json.js';

export interface Held {
  /** OCPP GetCertificateIdUseEnumType; 1.6 has words of its own. */
  readonly type: string;
  /** As the station reported it, which is how it has to be named to it (M04.FR.07); absent until it did, where we cannot know it. */
  readonly hashAlgorithm?: string;
  readonly issuerNameHash?: string;
  readonly issuerKeyHash?: string;
  /** Letter by letter as it was told: that is how the station finds it. */
  readonly serialNumber: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** Of a chain. */
  readonly children?: number;
}

const MOST_HELD = 64;
const plainSerial = (serial: string): string => serial.toLowerCase().replace(/^0+(?=.)/, '');

/** A serial number is unique for one issuer only, whose name one of two may not know. */
const isSame = (a: Held, b: Pick<Held, 'type' | 'serialNumber' | 'issuerNameHash' | 'hashAlgorithm'>): boolean =>
  a.type === b.type &&
  plainSerial(a.serialNumber) === plainSerial(b.serialNumber) &&
  (a.issuerNameHash === undefined ||
    b.issuerNameHash === undefined ||
    a.hashAlgorithm !== b.hashAlgorithm ||
    a.issuerNameHash === b.issuerNameHash);

export const heldId = ({ type, serialNumber, issuerNameHash = '' }: Held): string =>
  [type, plainSerial(serialNumber), issuerNameHash.slice(0, 16)].join('.');

/** The same list when nothing changed. */
export function evolveHeld(held: readonly Held[], heard: Heard): readonly Held[] {
  if (heard.kind !== 'outcome' || heard.outcome.kind !== 'answered') return held;
  const { command, outcome } = heard;
  const status = asText(outcome.payload.status);
  switch (command.action) {
    case 'InstallCertificate':
      return status === 'Accepted' ? installed(held, command.payload) : held;
    case 'DeleteCertificate':
      return status === 'Accepted' || status === 'NotFound' ? deleted(held, asObject(command.payload.certificateHashData)) : held;
    case 'GetInstalledCertificateIds':
      return status === 'Accepted' || status === 'NotFound' ? reported(held, command.payload, outcome.payload) : held;
    default:
      return held;
  }
}

function installed(held: readonly Held[], { certificateType, certificate }: Json): readonly Held[] {
  const read = readCertificate(asText(certificateType), asText(certificate));
  if (read === undefined) return held;
  return [...held.filter((each) => !isSame(each, read)), read].slice(-MOST_HELD);
}

/** Undefined for what the station took although nobody can read it. */
export function readCertificate(type: string, pem: string): Held | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const isRoot = certificate.checkIssued(certificate);
    return {
      type,
      serialNumber: plainSerial(certificate.serialNumber),
      ...(isRoot && hashDataOf(certificate)),
      subject: certificate.subject.replaceAll('\n', ', '),
      issuer: certificate.issuer.replaceAll('\n', ', '),
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
    };
  } catch {
    return undefined;
  }
}

const deleted = (held: readonly Held[], hash: Json): readonly Held[] => {
  const isMeant = (each: Held): boolean =>
    plainSerial(each.serialNumber) === plainSerial(asText(hash.serialNumber)) && each.issuerNameHash === hash.issuerNameHash;
  return held.some(isMeant) ? held.filter((each) => !isMeant(each)) : held;
};

/** What it tells of the types it was asked about is all there is of them. */
function reported(held: readonly Held[], { certificateType }: Json, answer: Json): readonly Held[] {
  const types = typeof certificateType === 'string' ? [certificateType] : Array.isArray(certificateType) ? certificateType : undefined;
  const told = [
    ...asList(answer.certificateHashDataChain).map((each) => ({
      hash: asObject(each.certificateHashData),
      type: asText(each.certificateType),
      children: asList(each.childCertificateHashData).length,
    })),
    ...asList(answer.certificateHashData).map((hash) => ({ hash, type: asText(certificateType), children: 0 })),
  ].map(({ hash, type, children }): Held => {
    const named = {
      type,
      hashAlgorithm: asText(hash.hashAlgorithm),
      issuerNameHash: asText(hash.issuerNameHash),
      issuerKeyHash: asText(hash.issuerKeyHash),
      serialNumber: asText(hash.serialNumber),
    };
    return { ...held.find((each) => isSame(each, named)), ...named, ...(children > 0 && { children }) };
  });
  const others = types === undefined ? [] : held.filter(({ type }) => !types.includes(type));
  return [...others, ...told].slice(-MOST_HELD);
}
