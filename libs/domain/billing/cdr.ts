// Charge detail records in the form of OCPI 2.2.1: from a rated session, and the credit that takes one back.
// When a CDR is issued or credited is the billing service's decision; the figures are the rating's.
import { uuidV5 } from '#kernel';
import { Exact, jsonNumber } from './decimal.js';
import type { Money, RatedPeriod, Rating } from './rating.js';
import type { PricingTariff, Tariff } from './tariff.js';

/** OCPI numbers: at most four decimals, so that the decimal string they come from is also how they print. */
export interface Price {
  readonly excl_vat: number;
  readonly incl_vat?: number;
}

export interface CdrDimension {
  readonly type: 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'RESERVATION_TIME' | 'MIN_POWER' | 'MAX_POWER' | 'MIN_CURRENT' | 'MAX_CURRENT';
  /** kWh, hours, kW or A */
  readonly volume: number;
}

export interface Cdr {
  readonly country_code: string;
  readonly party_id: string;
  /** UUIDv5 of (session, ratingSeq); a credit adds `-C`. */
  readonly id: string;
  readonly start_date_time: string;
  readonly end_date_time: string;
  readonly session_id: string;
  readonly cdr_token: {
    readonly country_code: string;
    readonly party_id: string;
    /** Sealed in the log: readers who may see it open it. */
    readonly uid: string;
    readonly type: 'AD_HOC_USER' | 'APP_USER' | 'OTHER' | 'RFID';
    readonly contract_id: string;
  };
  readonly auth_method: 'AUTH_REQUEST' | 'COMMAND' | 'WHITELIST';
  /** The site as it was at the start of the session. */
  readonly cdr_location: CdrLocation;
  readonly meter_id?: string;
  readonly currency: string;
  readonly tariffs: readonly Tariff[];
  readonly charging_periods: readonly {
    readonly start_date_time: string;
    readonly dimensions: readonly CdrDimension[];
    readonly tariff_id?: string;
  }[];
  readonly total_cost: Price;
  readonly total_fixed_cost?: Price;
  readonly total_energy: number;
  readonly total_energy_cost?: Price;
  readonly total_time: number;
  readonly total_time_cost?: Price;
  readonly total_parking_time?: number;
  readonly total_parking_cost?: Price;
  readonly total_reservation_cost?: Price;
  readonly remark?: string;
  readonly credit?: boolean;
  readonly credit_reference_id?: string;
  readonly last_updated: string;
}

export interface CdrLocation {
  readonly id: string;
  readonly name?: string;
  readonly address: string;
  readonly city: string;
  readonly country: string;
  readonly coordinates: { readonly latitude: string; readonly longitude: string };
  readonly evse_uid: string;
  readonly evse_id: string;
  readonly connector_id: string;
  readonly connector_standard: string;
  readonly connector_format: 'SOCKET' | 'CABLE';
  readonly connector_power_type: string;
}

export interface CdrSession {
  readonly sessionId: string;
  readonly siteId: string;
  readonly stationId: string;
  readonly evseId: number;
  readonly connectorId?: number;
  readonly startedAt: string;
  readonly endedAt: string;
  /** OCPP IdTokenEnumType */
  readonly tokenType?: string;
  /** Sealed token, or the pseudonym where there is none. */
  readonly tokenUid?: string;
  readonly tariff?: PricingTariff;
  /** What is known of the place beyond its ids. */
  readonly location?: Partial<CdrLocation>;
  readonly remark?: string;
}

export const cdrIdOf = (sessionId: string, ratingSeq: number): string => uuidV5(sessionId, ratingSeq);

const price = ({ exclVat, inclVat }: Money): Price => ({ excl_vat: jsonNumber(exclVat), incl_vat: jsonNumber(inclVat) });
const four = (text: string): number => jsonNumber(new Exact(text).toDecimalPlaces(4));

/** `issuedAt` becomes last_updated: the time of the fact that led to it, so that the same fact gives the same CDR. */
export function cdrFrom(
  session: CdrSession,
  rating: Rating,
  { ratingSeq, issuedAt }: { readonly ratingSeq: number; readonly issuedAt: string },
): Cdr {
  const { totals } = rating;
  const party = { country_code: session.tariff?.country_code ?? 'XX', party_id: session.tariff?.party_id ?? 'XXX' };
  const uid = session.tokenUid ?? 'unknown';
  return {
    ...party,
    id: cdrIdOf(session.sessionId, ratingSeq),
    start_date_time: session.startedAt,
    end_date_time: session.endedAt,
    session_id: session.sessionId,
    cdr_token: { ...party, uid, type: tokenTypeOf(session.tokenType), contract_id: uid },
    auth_method: 'WHITELIST',
    cdr_location: locationOf(session),
    currency: rating.currency,
    tariffs: isWhole(session.tariff) ? [session.tariff] : [],
    charging_periods: rating.periods.map(chargingPeriod),
    total_cost: price(totals.cost),
    total_fixed_cost: price(totals.fixedCost),
    total_energy: four(totals.energyKwh),
    total_energy_cost: price(totals.energyCost),
    total_time: four(totals.timeH),
    total_time_cost: price(totals.timeCost),
    total_parking_time: four(totals.parkingTimeH),
    total_parking_cost: price(totals.parkingCost),
    total_reservation_cost: price(totals.reservationCost),
    ...(session.remark !== undefined && { remark: session.remark }),
    last_updated: issuedAt,
  };
}

/** The same CDR taken back: only total_cost is negated. */
export function creditOf(cdr: Cdr, issuedAt: string): Cdr {
  const { excl_vat, incl_vat } = cdr.total_cost;
  const negated = (value: number): number => (value === 0 ? 0 : -value);
  return {
    ...cdr,
    id: `${cdr.id}-C`,
    total_cost: { excl_vat: negated(excl_vat), ...(incl_vat !== undefined && { incl_vat: negated(incl_vat) }) },
    credit: true,
    credit_reference_id: cdr.id,
    last_updated: issuedAt,
  };
}

const isWhole = (tariff: PricingTariff | undefined): tariff is Tariff =>
  tariff?.id !== undefined &&
  tariff.country_code !== undefined &&
  tariff.party_id !== undefined &&
  tariff.currency !== undefined &&
  tariff.last_updated !== undefined;

function tokenTypeOf(type: string | undefined): Cdr['cdr_token']['type'] {
  switch (type) {
    case 'ISO14443':
    case 'ISO15693':
    case 'Central':
      return 'RFID';
    case 'NoAuthorization':
    case 'DirectPayment':
      return 'AD_HOC_USER';
    default:
      return 'OTHER';
  }
}

function locationOf({ siteId, stationId, evseId, connectorId, location }: CdrSession): CdrLocation {
  return {
    id: siteId,
    address: '',
    city: '',
    country: 'XXX',
    coordinates: { latitude: '0.00000', longitude: '0.00000' },
    evse_uid: `${stationId}-${evseId}`,
    evse_id: `${stationId}-${evseId}`,
    connector_id: String(connectorId ?? 1),
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
    ...location,
  };
}

function chargingPeriod(period: RatedPeriod): Cdr['charging_periods'][number] {
  const { energyKwh, chargingH, parkingH, reservationH, powerKw, currentA } = period;
  const quantities: readonly CdrDimension[] = [
    { type: 'ENERGY', volume: jsonNumber(energyKwh) },
    { type: 'TIME', volume: jsonNumber(chargingH) },
    { type: 'PARKING_TIME', volume: jsonNumber(parkingH) },
    { type: 'RESERVATION_TIME', volume: jsonNumber(reservationH) },
  ];
  const used = quantities.filter(({ volume }) => volume > 0);
  return {
    start_date_time: period.from,
    dimensions: [
      ...(used.length > 0 ? used : quantities.slice(1, 2)),
      ...(powerKw === undefined
        ? []
        : ([
            { type: 'MIN_POWER', volume: powerKw.min },
            { type: 'MAX_POWER', volume: powerKw.max },
          ] as const)),
      ...(currentA === undefined
        ? []
        : ([
            { type: 'MIN_CURRENT', volume: currentA.min },
            { type: 'MAX_CURRENT', volume: currentA.max },
          ] as const)),
    ],
    ...(period.tariffId !== undefined && { tariff_id: period.tariffId }),
  };
}
