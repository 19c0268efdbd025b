// Meter values of every message that carries them, in one form (OCPP 1.6 4.7, 7.28-7.43; 2.0.1 MeterValueType). Pure, and tolerant: what has a
// clear meaning is read and flagged, nothing throws. Which session a value belongs to, and energy from registers, are decided elsewhere.
import { canonicalPhase } from './phases.js';
import type { EvseContext, MessageFlag, MeterMessage, Normalised, Sample, SampleFlag } from './sample.js';
import { isFromOutage, judgeTime } from './station-clock.js';
import { convert, isOutOfRange } from './units.js';

const REGISTER = 'Energy.Active.Import.Register';

/** Messages without meter values give no samples and no flags. */
export function normalise({ ocppVersion, action, payload, receivedAt, evse = {} }: MeterMessage): Normalised {
  const body = asObject(payload);
  const is16 = ocppVersion === 'ocpp1.6';
  const place = placeOf(body, is16, evse);
  const reader = new Reader(receivedAt, place, evse);
  switch (action) {
    case 'MeterValues':
      reader.meterValues(body.meterValue ?? body.values, place.queued, 'Sample.Periodic');
      break;
    case 'StartTransaction':
      reader.register(body.meterStart, body.timestamp, 'Transaction.Begin');
      break;
    case 'StopTransaction':
      reader.register(body.meterStop, body.timestamp, 'Transaction.End');
      if (body.transactionData !== undefined && body.transactionData !== null)
        // Collected over the transaction: as old as it likes when the stop itself has a plausible time.
        reader.meterValues(
          body.transactionData,
          judgeTime(body.timestamp, receivedAt, place.queued || isFromOutage(body.timestamp, evse.outage)).flags.length === 0,
          'Sample.Periodic',
        );
      break;
    case 'TransactionEvent':
      if (body.meterValue !== undefined && body.meterValue !== null)
        reader.meterValues(body.meterValue, place.queued, contextOf(body.eventType));
      break;
  }
  return { samples: reader.samples, flags: [...reader.flags] };
}

interface Place {
  readonly evseId: number;
  readonly connectorId: number | undefined;
  readonly transactionId: string | undefined;
  readonly queued: boolean;
  readonly flags: readonly SampleFlag[];
}

function placeOf(body: Json, is16: boolean, known: EvseContext): Place {
  const evse = asObject(body.evse);
  const said = is16 ? asNumber(body.connectorId) : (asNumber(body.evseId) ?? asNumber(evse.id) ?? asNumber(body.connectorId));
  const connectorId = known.connectorId ?? (is16 ? said : asNumber(evse.connectorId));
  const transactionId = known.transactionId ?? asText(asObject(body.transactionInfo).transactionId ?? body.transactionId);
  return {
    evseId: known.evseId ?? said ?? 0,
    connectorId: connectorId !== undefined && connectorId > 0 ? connectorId : undefined,
    transactionId,
    queued: known.queued ?? body.offline === true,
    flags: said === 0 ? ['connectorZero'] : [],
  };
}

const contextOf = (eventType: unknown): string =>
  eventType === 'Started' ? 'Transaction.Begin' : eventType === 'Ended' ? 'Transaction.End' : 'Sample.Periodic';

/** What the values of one instant have in common. */
interface Instant {
  readonly at: string;
  readonly stationTime: string | undefined;
  readonly flags: readonly SampleFlag[];
}

/** Collects the samples of one message. */
class Reader {
  readonly samples: Sample[] = [];
  readonly flags = new Set<MessageFlag>();

  constructor(
    private readonly receivedAt: string,
    private readonly place: Place,
    private readonly known: EvseContext,
  ) {}

  meterValues(given: unknown, queued: boolean, context: string): void {
    const list = asList(given).map(asObject);
    if (list.length === 0) this.flags.add('meterValueMissing');
    for (const meterValue of list) {
      const values = asList(meterValue.sampledValue ?? meterValue.value);
      if (values.length === 0) this.flags.add('sampledValueEmpty');
      const instant = this.instantOf(meterValue.timestamp, queued);
      for (const value of values) this.sampled(asObject(value), instant, context, this.known.unitOverrides);
    }
  }

  register(value: unknown, timestamp: unknown, context: string): void {
    if (value === undefined || value === null) this.flags.add('valueEmpty');
    else this.sampled({ value }, this.instantOf(timestamp, this.place.queued), context, {});
  }

  private instantOf(timestamp: unknown, queued: boolean): Instant {
    const { at, flags } = judgeTime(timestamp, this.receivedAt, queued || isFromOutage(timestamp, this.known.outage));
    return { at, stationTime: typeof timestamp === 'string' ? timestamp : undefined, flags: [...flags, ...this.place.flags] };
  }

  private sampled(sampled: Json, instant: Instant, context: string, overrides: EvseContext['unitOverrides']): void {
    const signed = sampled.format === 'SignedData' || (sampled.signedMeterValue !== undefined && sampled.signedMeterValue !== null);
    const rawValue = asText(sampled.value)?.trim() ?? '';
    if (rawValue === '' || sampled.format === 'SignedData') {
      this.flags.add(signed ? 'signedOnly' : 'valueEmpty');
      return;
    }
    const number = readNumber(rawValue);
    if (number === undefined) {
      this.flags.add('valueUnreadable');
      return;
    }
    const measurand = asText(sampled.measurand) || REGISTER;
    const phase = canonicalPhase(measurand, asText(sampled.phase));
    const unitOfMeasure = asObject(sampled.unitOfMeasure);
    const rawUnit = asText(sampled.unit ?? unitOfMeasure.unit);
    const { unit, value, flags } = convert(
      measurand,
      number.value,
      rawUnit,
      asNumber(unitOfMeasure.multiplier) ?? 0,
      overrides?.[measurand],
    );
    const isOut = isOutOfRange(measurand, value, this.known.maxPowerW);
    const isNegative = value < 0 && measurand.includes('Import');
    const isOdd = number.comma || flags.length > 0 || isOut || isNegative;
    const { evseId, connectorId, transactionId } = this.place;
    // One literal with every field: spread parts would cost more than all the rest of it.
    this.samples.push({
      at: instant.at,
      stationTime: instant.stationTime,
      receivedAt: this.receivedAt,
      evseId,
      connectorId,
      transactionId,
      measurand,
      phase,
      context: asText(sampled.context) || context,
      location: asText(sampled.location) || 'Outlet',
      unit,
      value,
      rawValue,
      rawUnit,
      isSigned: signed,
      flags: isOdd
        ? [
            ...instant.flags,
            ...(number.comma ? (['decimalComma'] as const) : []),
            ...flags,
            ...(isOut ? (['outOfRange'] as const) : []),
            ...(isNegative ? (['negative'] as const) : []),
          ]
        : instant.flags,
    });
  }
}

function readNumber(text: string): { readonly value: number; readonly comma: boolean } | undefined {
  const comma = !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  if (comma && !/^[+-]?\d+,\d+$/.test(text)) return undefined;
  const value = Number(comma ? text.replace(',', '.') : text);
  return Number.isFinite(value) ? { value, comma } : undefined;
}

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});
/** One object where a list belongs is a list of one. */
const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
const asText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value)
    ? value
    : typeof value === 'string' && /^-?\d+$/.test(value)
      ? Number(value)
      : undefined;
