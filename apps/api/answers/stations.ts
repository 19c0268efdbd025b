// Of stations and what they were asked.
import { z } from 'zod';
import { Fields, Id, Kept, KeptText, KeptTime, Place, Time } from './shapes.js';

const NodePhase = z.object({ nodeId: Id, phase: z.string() });
export const Outlet = z
  .object({
    evseId: z.int(),
    status: z.string().describe('in the word of the station'),
    powerW: Kept,
    sessionId: KeptText,
    limitA: Kept.describe('what it might draw per phase under any profile that was sent'),
    dischargeA: Kept,
    wantedA: Kept.describe('what it is meant to have; limitA is more while that is not certain'),
    heldBy: KeptText.describe('why a plan gives it less than its fair share'),
    reason: NodePhase.extend({ isFirm: z.literal(true).optional() })
      .nullable()
      .describe(
        'the node and phase that keep it from more; isFirm: by what nobody can take away there, as the clock of the station is not known',
      ),
    behind: z.array(z.string()).nullable().describe('who has what it waits for'),
    cap: z.unknown().describe('what somebody else caps it at'),
  })
  .meta({ id: 'Outlet' });
export const Station = z
  .object({
    stationId: Id,
    siteId: KeptText,
    online: z.boolean(),
    disconnectedAt: KeptTime,
    ocppVersion: KeptText,
    lastSeenAt: KeptTime,
    vendor: KeptText,
    model: KeptText,
    firmwareVersion: KeptText,
    bootStatus: KeptText,
    bootAnswer: KeptText,
    inventory: z.object({ state: z.string(), at: KeptTime }).nullable(),
    alarms: z.array(z.object({ evseId: z.int(), kind: z.string(), since: Time, allowedA: Kept, drawnA: Kept, reason: KeptText }).partial()),
    evses: z.array(Outlet),
  })
  .meta({ id: 'Station' });
export const OneStation = Station.extend({ config: Fields.nullable() });
export const Command = z
  .object({
    commandId: Id,
    stationId: Id,
    action: z.string(),
    state: z.enum(['queued', 'sent', 'accepted', 'rejected', 'failed', 'timedOut']),
    answer: z.unknown().describe('of the station, as it came; null before'),
    reason: KeptText,
    requestedAt: Time,
    sentAt: KeptTime,
    endedAt: KeptTime,
  })
  .meta({ id: 'Command' });
export const Holding = z
  .object({
    stationId: Id,
    siteId: KeptText,
    localList: z.object({ state: z.string(), version: z.int().nullable(), entries: z.int().nullable() }).nullable(),
    reservations: z.array(Fields),
    messagesShown: z.int(),
  })
  .meta({ id: 'Holding' });
export const StationMessage = z
  .object({
    eventId: Id,
    type: z.string(),
    at: Time,
    direction: z.string(),
    action: KeptText.optional(),
    messageId: KeptText.optional(),
    payload: z.unknown().optional(),
    answer: z.unknown().optional(),
  })
  .meta({ id: 'StationMessage' });
export const Variable = z
  .object({
    component: Fields.nullable(),
    variable: z.object({ name: z.string(), instance: KeptText }),
    attribute: z.string(),
    value: KeptText,
    mutability: KeptText,
    dataType: KeptText,
    unit: KeptText,
    valuesList: z.unknown(),
    minLimit: Kept,
    maxLimit: Kept,
    reportedAt: KeptTime,
    set: z.unknown(),
  })
  .meta({ id: 'Variable' });
/** How it went is told by `GET /v1/commands/{commandId}`. */
export const Asked = z.object({ commandId: Id }).meta({ id: 'Asked' });
/** With the number its report has. */
export const AskedReport = Asked.extend({ requestId: z.int() });
export const AskedSettings = z.object({ commands: z.array(z.object({ commandId: Id, action: z.string() })) });
export const AskedCommand = z.union([Command, Asked.extend({ state: z.literal('queued').optional() })]);
/** With the password where it was made here: shown once. */
export const ConfiguredStation = z.looseObject({ stationId: Id, siteId: Id, password: z.string().optional() });
export const BootStatus = z.object({ stationId: Id, status: z.string(), heartbeatIntervalS: z.int().optional() });
export const ParkedFrame = z
  .object({
    frameId: Id,
    at: Time,
    kind: z.string(),
    reason: z.string(),
    bytes: z.int(),
    frameHash: z.string(),
    redacted: z.unknown().describe('what can be shown of it'),
    isTruncated: z.boolean(),
    unparkedBefore: z.number().describe('frames of its kind that were not kept before it'),
    replayedAs: KeptText.describe('the record a replay made of it'),
    ocppVersion: KeptText,
    connectionId: z.string(),
  })
  .meta({ id: 'ParkedFrame' });
export const ParkedRecord = Place.extend({ service: z.string(), reason: z.string(), streamKey: z.string() }).meta({ id: 'ParkedRecord' });
export const ReplayedFrame = z.object({ eventId: Id });
const Seen = z.object({ quirk: z.string(), times: z.int(), firstAt: Time, lastAt: Time });
export const Quirks = z
  .object({
    abilities: z
      .object({
        maxStackLevel: Kept,
        maxPeriods: Kept,
        onlyUnit: KeptText,
        stopsAt0: z.boolean().nullable(),
        keepsOffline: z.boolean().nullable(),
      })
      .nullable(),
    model: z.array(z.object({ quirk: z.string(), does: z.string(), corrections: z.unknown() })),
    messages: z.array(Seen),
    sessions: z.array(Seen),
  })
  .meta({ id: 'Quirks' });
