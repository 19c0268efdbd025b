// Signed readings in messages of stations: where they stand, and what a signature is worth by the keys of meters that are known.
// What a document says, and what speaks against a whole transaction, is in ocmf.ts; who signs is asked of `isSignedBy`.
import { type OcmfDocument, readOcmf } from './ocmf.js';

/** A meter's public key and when it holds; ISO 8601, absent = always. */
export interface MeterKey {
  readonly publicKey: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
}

export interface SignatureJudgement {
  /** `erased`: the driver it told of was forgotten before anybody looked; `otherFormat`: signed, and no OCMF. */
  readonly verdict: 'genuine' | 'wrong' | 'keyUnknown' | 'otherFormat' | 'erased';
  readonly meterSerial?: string;
  readonly pagination?: string;
}

/** In order, as they stand in the payload (1.6 `format: SignedData`, 2.x `signedMeterValue`); sealed texts stay sealed. */
export function signedTexts(payload: unknown): readonly string[] {
  const body = asObject(payload);
  const values = [...asList(body.meterValue ?? body.values), ...asList(body.transactionData)];
  return values
    .flatMap((each) => asList(asObject(each).sampledValue ?? asObject(each).value))
    .map(asObject)
    .map(({ format, value, signedMeterValue }) => (format === 'SignedData' ? value : asObject(signedMeterValue).signedMeterData))
    .filter((text) => typeof text === 'string')
    .filter((text) => text !== '');
}

/** The OCMF text as the meter wrote it: 2.x wraps it in base64. Undefined for another format. */
export function ocmfText(text: string): string | undefined {
  if (text.startsWith('OCMF|')) return text;
  if (!/^[A-Za-z0-9+/\s]+=*\s*$/.test(text)) return undefined;
  const inside = Buffer.from(text, 'base64').toString('utf8');
  return inside.startsWith('OCMF|') ? inside : undefined;
}

/** `keysOf` answers all keys stated for a meter; only those that held at the last reading's time count. `isSignedBy`: undefined where the algorithm is unknown. */
export function judgeSignature(
  text: string,
  keysOf: (meterSerial: string) => readonly MeterKey[],
  isSignedBy: (publicKey: string, document: OcmfDocument) => boolean | undefined,
): SignatureJudgement {
  const ocmf = ocmfText(text);
  let document: OcmfDocument;
  try {
    document = readOcmf(ocmf ?? '');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { verdict: 'otherFormat' };
  }
  const { meterSerial, pagination } = document;
  const at = Date.parse(document.readings.at(-1)?.at ?? '');
  const holds = ({ validFrom, validUntil }: MeterKey): boolean =>
    (validFrom === undefined || Date.parse(validFrom) <= at) && (validUntil === undefined || at < Date.parse(validUntil));
  const told = keysOf(meterSerial)
    .filter(holds)
    .map(({ publicKey }) => isSignedBy(publicKey, document));
  return { verdict: told.includes(true) ? 'genuine' : told.includes(false) ? 'wrong' : 'keyUnknown', meterSerial, pagination };
}

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});
const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
