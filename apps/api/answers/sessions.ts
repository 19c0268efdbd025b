// Of sessions and their charge records.
import { z } from 'zod';
import { Fields, Id, Kept, KeptText, KeptTime, MoneyText, Time } from './shapes.js';
import { Tariff } from './tariffs.js';

const Cost = z.object({ amount: MoneyText, net: MoneyText, currency: z.string() });
export const Session = z
  .object({
    sessionId: Id,
    stationId: Id,
    siteId: KeptText,
    evseId: z.int().nullable(),
    connectorId: z.int().nullable(),
    transactionId: KeptText,
    ocppVersion: KeptText,
    status: z.enum(['active', 'ended']),
    startedAt: Time,
    endedAt: KeptTime,
    energyWh: z.number(),
    exportedWh: Kept,
    meterStartWh: Kept,
    meterStopWh: Kept,
    powerW: Kept,
    chargingState: KeptText,
    reason: KeptText.describe('why it ended, in the word of the station'),
    provisional: z.boolean().describe('nobody heard its end'),
    flags: z.array(z.string()),
    cost: Cost.nullable(),
    costTold: z.object({ totalCost: z.number(), by: KeptText, at: KeptTime }).nullable(),
    needs: Fields.nullable(),
    priority: z.unknown(),
    missingEvents: Fields.nullable(),
    plan: Fields.nullable(),
  })
  .meta({ id: 'Session' });
const Happening = z.object({ at: Time, kind: z.string(), detail: Fields.nullable() });
export const OneSession = Session.extend({ timeline: z.array(Happening) });
const Price = z.object({ excl_vat: z.number(), incl_vat: z.number().optional() });
export const Cdr = z
  .object({
    id: Id,
    country_code: z.string(),
    party_id: z.string(),
    session_id: Id.optional(),
    start_date_time: Time,
    end_date_time: Time,
    auth_method: z.string(),
    currency: z.string(),
    total_cost: Price,
    total_energy: z.number().describe('kWh'),
    total_time: z.number().describe('h'),
    total_energy_cost: Price.optional(),
    total_time_cost: Price.optional(),
    total_parking_cost: Price.optional(),
    total_fixed_cost: Price.optional(),
    total_reservation_cost: Price.optional(),
    total_parking_time: z.number().optional().describe('h'),
    cdr_token: Fields.optional(),
    credit: z.boolean().optional(),
    credit_reference_id: Id.optional(),
    charging_periods: z.array(
      z.object({
        start_date_time: Time,
        tariff_id: z.string().optional(),
        dimensions: z.array(z.object({ type: z.string(), volume: z.number() })),
      }),
    ),
    tariffs: z.array(Fields).optional(),
    cdr_location: Fields,
    last_updated: Time,
  })
  .meta({ id: 'Cdr', description: 'OCPI 2.2.1 CDR' });
export const SessionExplanation = z
  .object({
    session: Session,
    events: z.array(Happening.extend({ topic: z.string(), partition: z.int(), offset: z.number() })).describe('the records behind it'),
    soc: z.array(z.object({ at: Time, socPercent: z.number() })).describe('what the car told of its battery, once a minute'),
    lines: z.array(Fields).describe('of its charge records'),
    running: Fields.nullable().describe('what it comes to so far; null once it has ended'),
    limits: z.array(Fields).describe('sent to its outlet meanwhile, with their reasons'),
    tariff: Tariff.nullable(),
    timeZone: KeptText.describe('IANA, by which the tariff has its hours'),
    cdrs: z.array(Fields),
  })
  .meta({ id: 'SessionExplanation' });
export const SessionNeeds = Fields;
export const SessionPriority = z.object({ commandId: Id, priority: z.unknown().optional() });
