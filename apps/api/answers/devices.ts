// Of what stations are made of and were asked: settings, monitors, events, transfers, orders, campaigns.
import { z } from 'zod';
import { Fields, Id, Kept, KeptText, KeptTime, Time } from './shapes.js';

const Evse = z.object({ id: z.int(), connectorId: z.int().nullable().optional() });
const Component = z.object({ name: z.string(), instance: KeptText.optional(), evse: Evse.nullable().optional() });
const Variable = z.object({ name: z.string(), instance: KeptText.optional() });
/** Of 1.6 there is no component. */
const Named = z.object({ component: Component.optional(), variable: Variable });

const Setting = Named.extend({ attribute: z.string().optional(), value: z.string() });
const AppliesTo = z.object({ vendor: z.string(), model: z.string(), firmwareVersion: z.string(), ocppVersion: z.string() }).partial();
export const DeviceTemplate = z
  .object({ templateId: Id, appliesTo: AppliesTo, settings: z.array(Setting), requestedBy: z.string(), at: Time })
  .meta({ id: 'DeviceTemplate' });
export const DeviceSetting = z
  .object({
    component: Component.nullable(),
    variable: Variable,
    attribute: z.string(),
    wanted: z.string(),
    told: KeptText.optional(),
    state: z.string(),
    templateId: Id,
  })
  .meta({ id: 'DeviceSetting' });

export const DeviceReport = z
  .object({
    requestId: z.number(),
    action: KeptText,
    state: z.string(),
    parts: z.int(),
    requestedBy: KeptText,
    askedAt: KeptTime,
    at: Time,
  })
  .meta({ id: 'DeviceReport' });
export const Transfer = z
  .object({
    kind: z.string(),
    commandId: KeptText,
    action: KeptText,
    requestId: Kept,
    status: KeptText,
    endedAs: KeptText,
    detail: KeptText,
    requestedBy: KeptText,
    askedAt: KeptTime,
    at: Time,
  })
  .meta({ id: 'Transfer' });
export const Order = z
  .object({
    action: z.string(),
    subject: z.string(),
    commandId: KeptText,
    wanted: z.unknown(),
    state: z.string(),
    answer: KeptText,
    told: z.unknown(),
    requestedBy: KeptText,
    askedAt: KeptTime,
    at: Time,
  })
  .meta({ id: 'Order' });
export const Monitors = z
  .object({
    base: KeptText,
    baseAt: KeptTime,
    level: Kept,
    levelAt: KeptTime,
    reportState: KeptText,
    reportAt: KeptTime,
    items: z.array(
      Named.extend({
        monitorId: z.int(),
        type: KeptText,
        value: z.unknown(),
        severity: Kept,
        inTransactions: z.boolean().nullable(),
        notification: KeptText,
        toldAt: KeptTime,
      }),
    ),
  })
  .meta({ id: 'Monitors' });

const Acknowledged = z.object({ acknowledgedAt: KeptTime, acknowledgedBy: KeptText, note: KeptText });
export const DeviceEvent = Named.extend({
  stationId: Id,
  eventId: Id,
  at: KeptTime,
  receivedAt: Time,
  trigger: KeptText,
  notification: KeptText,
  actualValue: KeptText,
  techCode: KeptText,
  techInfo: KeptText,
  transactionId: KeptText,
  monitorId: Kept,
  severity: Kept,
  isClear: z.boolean().nullable(),
  clearedAt: KeptTime,
  ...Acknowledged.shape,
}).meta({ id: 'DeviceEvent' });
export const SecurityEvent = z
  .object({
    stationId: Id,
    eventId: Id,
    type: z.string(),
    criticality: z.string(),
    at: KeptTime,
    receivedAt: Time,
    techInfo: KeptText,
    ...Acknowledged.shape,
  })
  .meta({ id: 'SecurityEvent' });

export const Campaign = z
  .object({
    campaignId: Id,
    kind: z.string(),
    requestedAt: Time,
    requestedBy: z.string(),
    messages: z.array(Fields),
    waveSize: z.int(),
    attempts: z.int(),
    state: z.enum(['running', 'stopped', 'ended']),
    endedAt: KeptTime,
    siteIds: z.array(Id),
    progress: z.record(z.string(), z.int()).nullable().describe('how many stations are how far'),
  })
  .meta({ id: 'Campaign' });
export const OneCampaign = Campaign.extend({
  stations: z.array(
    z.object({
      stationId: Id,
      siteId: Id,
      action: KeptText,
      state: z.string(),
      attempts: z.int().nullable(),
      status: KeptText,
      commandId: KeptText,
      at: KeptTime,
    }),
  ),
}).meta({ id: 'OneCampaign' });
