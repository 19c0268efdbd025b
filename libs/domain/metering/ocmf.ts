// OCMF 1.x, the signed readings of meters (Open Charge Metering Format): read from the text as it was signed, and what speaks against them.
// Whether a signature is good is asked of who knows keys; the text itself is never written anew: what was signed are its bytes.

export interface OcmfReading {
  /** ISO 8601 as the meter tells it, with its offset. */
  readonly at: string;
  /** S synchronised, I informative, R relative to the begin, U unknown. */
  readonly clock: string;
  /** B begins, C, X, T go on, E and L, R, A, P, S, V, I, K end. */
  readonly transaction: string;
  readonly wh: number;
  readonly obis: string;
  /** G = good. */
  readonly state: string;
  /** E = energy, t = time; empty: none. */
  readonly errors: string;
}
export interface OcmfDocument {
  /** Between the first and the last bar, byte for byte: what was signed. */
  readonly payload: string;
  readonly pagination: string;
  readonly meterSerial: string;
  readonly readings: readonly OcmfReading[];
  readonly signature: { readonly algorithm: string; readonly encoding: 'hex' | 'base64'; readonly data: string };
}

const DEFAULT_ALGORITHM = 'ECDSA-secp256r1-SHA256';
const WH: Readonly<Record<string, number>> = { Wh: 1, kWh: 1000 };
const ENDS = 'ELRAPSVIK';

type Json = Readonly<Record<string, unknown>>;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Throws SyntaxError with the reason on a text that is none. */
export function readOcmf(text: string): OcmfDocument {
  const bar = text.lastIndexOf('|');
  if (!text.startsWith('OCMF|') || bar < 5) throw new SyntaxError('not OCMF: OCMF|{…}|{…} was expected');
  const payload = text.slice(5, bar);
  const [told, signed] = [objectIn(payload, 'payload'), objectIn(text.slice(bar + 1), 'signature')];
  if (!Array.isArray(told.RD) || told.RD.length === 0) throw new SyntaxError('payload: RD has no reading');
  const data = textOf(signed.SD);
  if (data === '') throw new SyntaxError('signature: SD is missing');
  const readings: OcmfReading[] = [];
  let before: Json = {};
  for (const each of told.RD as readonly Json[]) {
    // What a reading leaves out is as in the one before it.
    before = { ...before, EF: '', ...each };
    readings.push(readingOf(before));
  }
  return {
    payload,
    pagination: textOf(told.PG),
    meterSerial: textOf(told.MS),
    readings,
    signature: { algorithm: textOf(signed.SA) || DEFAULT_ALGORITHM, encoding: signed.SE === 'base64' ? 'base64' : 'hex', data },
  };
}

function objectIn(text: string, where: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new SyntaxError(`${where}: a JSON object was expected`);
}

function readingOf({ TM, TX, RV, RI, RU, ST, EF }: Json): OcmfReading {
  const [, time, zone, clock] = /^(\S+?)([+-]\d{4}) ?([SIRU])$/.exec(textOf(TM)) ?? [];
  const factor = WH[textOf(RU)];
  const value = typeof RV === 'number' ? RV : Number(RV);
  if (time === undefined || zone === undefined)
    throw new SyntaxError('payload: TM is no time with a zone and how far its clock can be trusted');
  if (factor === undefined || !Number.isFinite(value)) throw new SyntaxError('payload: RV in Wh or kWh was expected');
  return {
    at: `${time.replace(',', '.')}${zone.slice(0, 3)}:${zone.slice(3)}`,
    clock: clock ?? 'U',
    transaction: textOf(TX),
    wh: value * factor,
    obis: textOf(RI),
    state: textOf(ST),
    errors: textOf(EF),
  };
}

export type OcmfFault =
  | 'signatureWrong'
  | 'keyUnknown'
  | 'otherMeter'
  | 'pageMissing'
  | 'beginMissing'
  | 'endMissing'
  | 'meterFault'
  | 'clockUncertain'
  | 'belowBegin';

export interface OcmfVerdict {
  readonly meterSerial: string;
  readonly beganAt?: string;
  readonly endedAt?: string;
  /** From the first reading of the begin to the last of the end of the same register; absent where one is missing. */
  readonly energyWh?: number;
  /** Empty: nothing speaks against it. */
  readonly faults: readonly OcmfFault[];
}

/**
 * Documents of one transaction in order. `isGenuine` says whether the signature is that of the meter's key over these bytes; undefined where nobody knows the
 * key. Checked: the signatures, one meter, pages without a gap, begin and end, states and error flags of the meter, and that energy does not fall.
 */
export function judgeOcmf(documents: readonly OcmfDocument[], isGenuine: (document: OcmfDocument) => boolean | undefined): OcmfVerdict {
  const readings = documents.flatMap((document) => document.readings);
  const begin = readings.find(({ transaction }) => transaction === 'B');
  // A meter may tell others beside the register that is billed: what was fed back, what the cable lost.
  const isSameRegister = ({ obis }: OcmfReading): boolean => begin === undefined || obis === begin.obis;
  const end = readings.findLast((reading) => reading.transaction !== '' && ENDS.includes(reading.transaction) && isSameRegister(reading));
  const genuine = documents.map(isGenuine);
  const speaks: Readonly<Record<OcmfFault, boolean>> = {
    signatureWrong: genuine.includes(false),
    keyUnknown: genuine.includes(undefined),
    otherMeter: new Set(documents.map(({ meterSerial }) => meterSerial)).size > 1,
    pageMissing: documents.some((document, index) => index > 0 && !follows(documents[index - 1]?.pagination ?? '', document.pagination)),
    beginMissing: begin === undefined,
    endMissing: end === undefined,
    meterFault: readings.some(({ state, errors }) => state !== 'G' || errors.includes('E')),
    clockUncertain: readings.some(({ clock, errors }) => clock === 'U' || errors.includes('t')),
    belowBegin: begin !== undefined && end !== undefined && end.wh < begin.wh,
  };
  return {
    meterSerial: documents[0]?.meterSerial ?? '',
    ...(begin !== undefined && { beganAt: begin.at }),
    ...(end !== undefined && { endedAt: end.at }),
    ...(begin !== undefined && end !== undefined && { energyWh: Math.round((end.wh - begin.wh) * 1000) / 1000 }),
    faults: (Object.keys(speaks) as OcmfFault[]).filter((fault) => speaks[fault]),
  };
}

/** T12 follows T11; F counts fiscal readings apart. */
function follows(before: string, after: string): boolean {
  const [a, b] = [before, after].map((page) => /^([TF])(\d+)$/.exec(page));
  return a !== null && b !== null && a?.[1] === b?.[1] && Number(b?.[2]) === Number(a?.[2]) + 1;
}
