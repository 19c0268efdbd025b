// Of uptime: outages and how they were judged, figures of ports, and what is behind a figure.
import { z } from 'zod';
import { Fields, Id, KeptText, KeptTime, Time } from './shapes.js';

const Judgement = z
  .object({
    eventId: Id,
    cause: z.string(),
    from: Time,
    to: KeptTime,
    evidence: z.string(),
    note: KeptText.optional(),
    classifiedBy: z.string(),
    classifiedAt: Time,
  })
  .meta({ id: 'Judgement' });
const Port = { portId: Id, stationId: Id, evseId: z.int(), siteId: KeptText };
export const Outage = z
  .object({
    ...Port,
    outageId: Id,
    startedAt: Time,
    endedAt: KeptTime,
    minutes: z.number(),
    causes: z.array(z.string()),
    excludedMinutes: z.number(),
    excluded: z.array(z.object({ cause: z.string(), from: Time, to: Time, eventId: Id.optional() })),
    classification: Judgement.nullable(),
    usedBy: z.array(Id).describe('sessions that ran all the same'),
    because: z.array(Id).describe('the records that say so'),
  })
  .meta({ id: 'Outage' });
export const DeclaredOutage = z
  .object({
    declarationId: Id,
    eventId: Id,
    cause: z.string(),
    from: Time,
    to: KeptTime,
    evidence: z.string(),
    declaredBy: z.string(),
    declaredAt: Time,
  })
  .meta({ id: 'DeclaredOutage' });

const Figures = {
  inServiceMinutes: z.number(),
  outageMinutes: z.number(),
  excludedMinutes: z.number(),
  uptimePercent: KeptText,
  meets: z.boolean().nullable(),
  minutesLeft: z.number().nullable().describe('how much longer it may be down and still meet the rules'),
  withoutExclusionsPercent: KeptText,
};
const Head = {
  month: z.string(),
  rules: z
    .object({
      name: z.string(),
      title: z.string(),
      source: z.string(),
      down: z.array(z.string()),
      unknown: z.array(z.string()).describe('while one of these holds it counts as working, whatever it said before'),
      excluded: z.record(z.string(), Fields),
      onlyOpeningHours: z.boolean(),
      divisorMinutes: z.union([z.number(), z.literal('in service')]),
      target: z.object({ percent: z.number(), comparison: z.enum(['more than', 'at least']) }),
      window: z.string(),
      judged: z.enum(['port', 'network']),
      leastRatedW: z.number().nullable().describe('ports of less power are not covered; null = all are'),
    })
    .meta({ id: 'UptimeRules' }),
  from: Time,
  to: Time,
  knownAt: Time,
};
const Serving = { inServiceFrom: KeptTime, inServiceTo: KeptTime };
export const UptimeReport = z
  .object({
    ...Head,
    network: z.object({ ports: z.int(), ...Figures }),
    sites: z.array(z.object({ siteId: KeptText, ports: z.int(), ...Figures })),
    stations: z.array(z.object({ stationId: Id, ports: z.int(), ...Figures })),
    leftOut: z.array(z.object({ ...Port, ratedW: z.number() })).describe('in service, but of less power than the rules cover; in no sum'),
    ports: z.array(z.object({ ...Port, outages: z.int(), ...Serving, ...Figures })),
  })
  .meta({ id: 'UptimeReport' });
export const UptimeExplanation = z
  .object({
    ...Port,
    ratedW: z.number().nullable().describe('null = it was never configured'),
    isCovered: z.boolean().describe('whether the rules speak of a port of this power'),
    ...Head,
    ...Serving,
    ...Figures,
    outages: z.array(Outage),
    events: z.array(z.looseObject({ eventId: Id, at: Time, receivedAt: Time, offset: z.number(), kind: z.string() })),
    classifications: z.array(Judgement),
    declarations: z.array(DeclaredOutage),
    corrections: z.array(Fields).describe('what changed after it was reported'),
  })
  .meta({ id: 'UptimeExplanation' });
