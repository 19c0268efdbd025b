// Of what stations hold for drivers and operators: lists, reservations, messages, profiles, prices, streams, batteries, controls of the grid.
import { z } from 'zod';
import { Fields, Id, Kept, KeptText, KeptTime, MoneyText, Time } from './shapes.js';

export const TokenCopies = z
  .object({
    localList: z
      .object({
        state: z.string(),
        version: Kept,
        entries: Kept,
        isCut: z.boolean().nullable(),
        maxEntries: Kept,
        itemsPerMessage: Kept,
        failures: z.int().nullable(),
        reason: KeptText,
        changedAt: Time,
      })
      .nullable(),
    cache: z.object({ isKept: z.boolean().nullable(), isStale: z.boolean().nullable(), answer: KeptText, changedAt: Time }).nullable(),
  })
  .meta({ id: 'TokenCopies' });
export const Reservation = z
  .object({
    reservationId: z.int(),
    stationId: Id,
    siteId: Id,
    evseId: z.int().nullable(),
    connectorType: KeptText,
    tokenType: KeptText,
    tokenHash: KeptText,
    expiresAt: KeptTime,
    state: z.string(),
    reason: KeptText,
    transactionId: KeptText,
    requestedBy: KeptText,
    commandId: KeptText,
    requestedAt: KeptTime,
    changedAt: Time,
  })
  .meta({ id: 'Reservation' });
export const AskedReservation = z.union([Reservation, z.object({ reservationId: z.int(), commandId: Id })]);
export const DisplayMessage = z
  .object({
    messageId: z.int(),
    content: KeptText,
    format: KeptText,
    language: KeptText,
    priority: KeptText,
    whileState: KeptText,
    startsAt: KeptTime,
    endsAt: KeptTime,
    transactionId: KeptText,
    state: z.string(),
    reason: KeptText,
    requestedBy: KeptText,
    changedAt: Time,
  })
  .meta({ id: 'DisplayMessage' });
export const CustomerRequest = z
  .object({
    requestId: z.int(),
    commandId: KeptText,
    tokenHash: KeptText,
    isReport: z.boolean().nullable(),
    isClear: z.boolean().nullable(),
    state: z.string(),
    reason: KeptText,
    requestedBy: KeptText,
    requestedAt: Time,
    changedAt: Time,
    parts: z.array(KeptText).describe('null once its driver was forgotten'),
  })
  .meta({ id: 'CustomerRequest' });

export const HeldProfiles = z
  .object({
    reports: z.array(
      z.object({
        requestId: z.number(),
        state: z.string(),
        criteria: z.unknown(),
        requestedBy: KeptText,
        since: Time,
        at: KeptTime,
        profiles: z.int(),
      }),
    ),
    requestId: Kept.describe('the report that is shown'),
    items: z.array(
      z.object({
        evseId: z.int(),
        profileId: z.int(),
        chargingLimitSource: z.string(),
        chargingProfilePurpose: z.string(),
        stackLevel: z.int().nullable(),
        profile: Fields,
        reportedAt: Time,
        commandId: KeptText,
        sentBy: KeptText,
        sentAt: KeptTime,
        origin: z.enum(['atStation', 'loadBalancer', 'operator', 'unknown']),
        isAsSent: z.boolean().nullable(),
      }),
    ),
  })
  .meta({ id: 'HeldProfiles' });
export const HeldTariffs = z
  .object({
    wanted: z.object({ tariffId: KeptText, state: z.string(), reason: KeptText, problems: z.unknown(), at: Time }).nullable(),
    items: z.array(
      z.object({
        evseId: z.int(),
        tariffId: Id,
        kind: z.string(),
        state: z.string(),
        reason: KeptText,
        validFrom: KeptTime,
        tariff: Fields.nullable(),
        sentBy: KeptText,
        at: Time,
        reportedAt: KeptTime,
        isCurrent: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'HeldTariffs' });
/** `tariffId`: by which the station knows it. */
export const AskedTariff = z.object({ commandId: Id, tariffId: Id.optional() });
export const StationCost = z
  .object({
    station: z
      .object({
        isFinal: z.boolean(),
        currency: KeptText,
        typeOfCost: KeptText,
        net: MoneyText.nullable(),
        gross: MoneyText.nullable(),
        failure: KeptText,
        details: z.unknown(),
        at: Time,
      })
      .nullable(),
    ours: z
      .object({ currency: KeptText, net: MoneyText.nullable(), gross: MoneyText.nullable(), isFinal: z.boolean().nullable() })
      .nullable(),
    comparison: z
      .object({ agrees: z.boolean(), differenceNet: MoneyText.nullable(), differenceGross: MoneyText.nullable() })
      .partial()
      .nullable(),
    stationTariff: z.object({ tariffId: Id, state: z.string(), reason: KeptText, at: Time }).nullable(),
  })
  .meta({ id: 'StationCost' });

export const EventStream = z
  .object({
    streamId: z.int(),
    variableMonitoringId: Kept,
    intervalS: Kept,
    values: Kept,
    state: z.string(),
    pending: Kept,
    openedAt: KeptTime,
    closedAt: KeptTime,
    heardAt: KeptTime,
    lastValue: KeptText,
  })
  .meta({ id: 'EventStream' });
export const StreamValue = z.object({ at: Time, value: KeptText, variableMonitoringId: Kept }).meta({ id: 'StreamValue' });
export const Batteries = z
  .object({
    slots: z.array(
      z.object({
        evseId: z.int(),
        isIn: z.boolean(),
        serialNumber: KeptText,
        soC: Kept,
        soH: Kept,
        productionDate: KeptText,
        vendorInfo: KeptText,
        at: Time,
      }),
    ),
    swaps: z.array(
      z.object({
        requestId: z.int(),
        state: z.string(),
        reason: KeptText,
        requestedBy: KeptText,
        requestedAt: KeptTime,
        inAt: KeptTime,
        outAt: KeptTime,
        batteriesIn: z.int(),
        batteriesOut: z.int(),
        at: Time,
      }),
    ),
  })
  .meta({ id: 'Batteries' });

const DerControl = z
  .object({
    stationId: Id,
    controlId: Id,
    controlType: KeptText,
    isDefault: z.boolean().nullable(),
    isWanted: z.boolean(),
    wanted: Fields.nullable(),
    wantedBy: KeptText,
    wantedAt: KeptTime,
    state: KeptText,
    reason: KeptText,
    toldAt: KeptTime,
    reported: Fields.nullable(),
    reportedAt: KeptTime,
    matches: z.boolean().nullable(),
    isSuperseded: z.boolean().nullable(),
    isActive: z.boolean().nullable(),
    activeAt: KeptTime,
  })
  .meta({ id: 'DerControl' });
const DerAlarm = z
  .object({ stationId: Id, controlType: z.string(), since: Time, endedAt: KeptTime, fault: KeptText, info: KeptText })
  .meta({ id: 'DerAlarm' });
export const StationDer = z.object({ stationId: Id, controls: z.array(DerControl), alarms: z.array(DerAlarm) });
export const SiteDer = StationDer.omit({ stationId: true }).extend({ siteId: Id });
/** The control as it is wanted, and where. */
export const WantedAtStation = z.looseObject({ stationId: Id, controlId: Id });
export const WantedAtStations = z.looseObject({ stationIds: z.array(Id), controlId: Id });
