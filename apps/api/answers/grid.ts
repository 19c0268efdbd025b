// Of what grid operators say, on servers of theirs or to us, and of what was drawn then.
import { z } from 'zod';
import { Fields, Id, Kept, KeptText, KeptTime, Time } from './shapes.js';
import { Violations } from './sites.js';

const GridStep = z.object({ startsAt: Time, limitA: z.unknown().optional(), limitW: z.number().optional() });
/** Over several sites. */
export const SharedLimit = z
  .object({
    limitId: Id,
    source: z.string(),
    siteIds: z.array(Id),
    nodeId: KeptText.optional(),
    receivedAt: KeptTime,
    schedule: z.array(GridStep),
    expiresAt: KeptTime,
    fallback: Fields.nullable().optional(),
    inForce: Fields.nullable(),
  })
  .meta({ id: 'SharedLimit' });
/** Of one site. */
export const StandingLimit = SharedLimit.extend({
  direction: z.string(),
  isShare: z.boolean().describe('its part of one over several sites'),
  floorW: z.number().optional().describe('what its source may never go below there'),
}).meta({ id: 'StandingLimit' });
export const StandingOrShared = z.union([StandingLimit, SharedLimit]);
export const GridProgram = z
  .object({
    programId: Id,
    source: z.string(),
    server: Fields,
    profile: KeptText,
    pollS: z.int(),
    validForS: z.int(),
    sites: z.array(Fields),
    heardAt: KeptTime,
    trouble: KeptText,
    events: z.int(),
    refusals: z.array(Fields),
    changedAt: Time,
    introduce: z.boolean().nullable(),
    push: z.unknown().describe('how the server tells that there is something new'),
    pushTrouble: KeptText,
    unheeded: z.array(z.unknown()).nullable(),
    reservations: z.unknown(),
    reportedAt: KeptTime,
    reportsRefused: z.int(),
  })
  .meta({ id: 'GridProgram' });
export const CapacityProvider = z
  .object({
    providerId: Id,
    source: z.string(),
    url: z.string(),
    ownUrl: z.string(),
    heartbeatS: z.int(),
    groups: z.array(Fields),
    registeredUrl: KeptText,
    isAcknowledged: z.boolean(),
    handshake: z.unknown(),
    heardAt: KeptTime,
    trouble: KeptText,
    forecasts: z.unknown(),
    offlineAt: KeptTime,
    changedAt: Time,
  })
  .meta({ id: 'CapacityProvider' });
export const DimmedSite = z
  .object({
    siteId: Id,
    nodeId: KeptText,
    devices: z.object({ count: z.int(), control: z.string() }),
    floorW: z.number().describe('guaranteed'),
    failSafeW: z.number(),
    silentAfterS: z.int(),
    heardAt: KeptTime,
    askedW: Kept,
    until: KeptTime,
    isSilent: z.boolean(),
  })
  .meta({ id: 'DimmedSite' });
export const GridSignal = z
  .object({
    signalId: Id,
    siteId: Id,
    source: z.string(),
    nodeId: KeptText,
    direction: z.string(),
    isShare: z.boolean(),
    receivedAt: KeptTime,
    renewedAt: KeptTime,
    endsAt: KeptTime,
  })
  .meta({ id: 'GridSignal' });
const Word = { heardAt: Time, kind: z.string(), askedW: Kept, until: KeptTime, floorW: Kept, appliedW: Kept };
export const DimmingWord = z.object({ wordId: Id, ...Word, signalId: KeptText, saidBy: z.string() }).meta({ id: 'DimmingWord' });
export const DimmingTaken = z.object({ siteId: Id, askedW: z.number().optional(), appliedW: z.number().optional() });
export const OscpMessage = z
  .object({
    messageId: Id,
    action: z.string(),
    subject: KeptText,
    groupId: KeptText,
    body: z.unknown(),
    refusal: KeptText,
    sentAt: Time,
  })
  .meta({ id: 'OscpMessage' });
export const WishedCapacity = z.object({ programId: Id, siteId: Id, windows: z.array(Fields) }).meta({ id: 'WishedCapacity' });
export const OscpWish = z.object({ wishId: Id });
export const GridReport = z
  .object({
    reportName: z.string(),
    eventId: KeptText,
    payloadType: z.string(),
    readingType: KeptText,
    units: KeptText,
    from: Time,
    until: Time,
    siteIds: z.array(Id),
    resources: z.array(Fields),
    refusal: KeptText,
    sentAt: Time,
  })
  .meta({ id: 'GridReport' });
export const SignalEvidence = GridSignal.extend({
  isMeasured: z.boolean(),
  stretches: z.array(
    z.object({
      from: Time,
      to: KeptTime,
      limitW: z.number(),
      isFallback: z.boolean(),
      measuredS: z.number(),
      averageW: Kept,
      highestW: Kept,
      plannedW: Kept,
      aboveS: z.number(),
      aboveWh: z.number(),
      metAfterS: Kept,
    }),
  ),
  violations: Violations,
  reports: z.array(z.object({ reportName: z.string(), payloadType: z.string(), from: Time, until: Time, refusal: KeptText, sentAt: Time })),
}).meta({ id: 'SignalEvidence' });
export const VtnClient = z
  .object({ clientId: Id, kind: z.enum(['businessLogic', 'ven']), madeBy: z.string(), madeAt: Time })
  .meta({ id: 'VtnClient' });
export const NewVtnClient = VtnClient.extend({ clientSecret: z.string().describe('shown once'), path: z.string() });
const Costs = { pricePerKwh: z.number(), feedInPerKwh: z.number(), carbonKgPerKwh: z.number() };
export const EnergyPrices = z
  .object({
    items: z.array(z.object({ startsAt: Time, endsAt: Time, ...z.object(Costs).partial().shape })),
    sources: z.array(z.string()),
  })
  .meta({ id: 'EnergyPrices' });
export const ImportedPrices = z.object({ times: z.int(), from: Time, to: Time });
export const TakenLimit = z.object({
  limitId: Id,
  replaces: Id.optional(),
  releases: z.array(Id).optional(),
  alsoBoundBy: z.unknown().optional(),
});
export const WithdrawnLimit = z.object({ limitId: Id, siteIds: z.array(Id) });
