// Of sites: their tree, what they draw against what they may, and why their outlets have the limits they have.
import { z } from 'zod';
import { Fields, Id, Kept, KeptText, KeptTime, Time } from './shapes.js';

const Node: z.ZodType = z
  .object({
    nodeId: Id,
    limitA: z.union([z.number(), z.array(z.number())]).describe('per phase'),
    phases: z.unknown().optional(),
    firmLimitA: z.union([z.number(), z.array(z.number())]).optional(),
    unmanagedMaxA: z.union([z.number(), z.array(z.number())]).optional(),
    exportLimitA: z.union([z.number(), z.array(z.number())]).optional(),
    gridFloor: Fields.optional().describe('what its grid operator may never go below'),
    get children() {
      return z.array(Node).optional();
    },
  })
  .meta({ id: 'Node' });
export const Site = z
  .object({
    siteId: Id,
    name: z.string(),
    timeZone: z.string().describe('IANA'),
    voltageV: z.number(),
    root: Node,
    leaseSeconds: z.number().optional(),
    energy: Fields.optional().describe('what a kWh costs, earns and emits'),
    sampleSeconds: z.number().optional(),
  })
  .meta({ id: 'Site' });
const LIMIT_W =
  'at nominal voltage; a limit given in watts is kept as a current that holds it at any voltage, so it shows divided by voltageMargin: 11000 W as 10000';
export const LoadPoint = z
  .object({ at: Time, measuredW: Kept, limitW: Kept.describe(LIMIT_W), allocatedW: Kept })
  .meta({ id: 'LoadPoint' });
/** What was above a limit, with its reasons. */
export const Violations = z.object({
  seconds: z.number(),
  isExplained: z.boolean(),
  nodes: z.array(z.object({ nodeId: Id, phase: z.string(), direction: z.string(), seconds: z.number(), energyAboveWh: z.number() })),
  episodes: z.array(Fields),
});
export const Load = z
  .object({
    voltageMargin: z.number().describe('highest voltage that a limit in watts is held at, per nominal voltage'),
    items: z.array(LoadPoint),
    unconfigured: z.array(z.unknown()).describe('what draws without being configured'),
    alarms: z.array(z.unknown()).describe('outlets that did not follow their limits'),
    violations: Violations,
  })
  .meta({ id: 'Load' });
export const LimitCommand = z
  .object({
    commandId: Id,
    stationId: Id,
    evseId: z.int().describe('0: the whole station'),
    slot: z.string(),
    transactionId: KeptText,
    cause: z.string(),
    heldBy: KeptText,
    limitA: Kept,
    wantedA: Kept,
    tight: Fields.nullable(),
    seen: Fields.nullable(),
    leaseEndsAt: KeptTime,
    requestedAt: Time,
    outcome: KeptText,
    answeredAt: KeptTime,
  })
  .meta({ id: 'LimitCommand' });
export const Shortfall = z
  .object({
    nodeId: Id,
    phase: z.string(),
    isOver: z.boolean(),
    limitA: z.number(),
    committedA: z.number(),
    since: Time,
    endedAt: KeptTime,
  })
  .meta({ id: 'Shortfall' });
export const Outlook = z
  .object({
    limitsAt: KeptTime,
    limits: z.array(z.object({ at: Time, limitW: Kept.describe(LIMIT_W) })),
    plan: Fields.nullable(),
  })
  .meta({ id: 'Outlook' });
const Behind = z.object({ stationId: Id, evseId: z.int(), sessionId: KeptText, startedAt: KeptTime });
export const LimitExplanation = z
  .object({
    stationId: Id,
    evseId: z.int(),
    at: Time,
    limit: LimitCommand.nullable().describe('the latest that may be in force'),
    before: LimitCommand.nullable(),
    stationMaximum: LimitCommand.nullable(),
    next: LimitCommand.nullable(),
    siteLoad: LoadPoint.nullable(),
    split: z
      .object({
        at: Time,
        reason: Fields.nullable(),
        heldBy: KeptText,
        wantedA: Kept,
        limitA: Kept,
        behind: z.array(Behind),
        cap: Fields.nullable(),
      })
      .nullable(),
    plan: z.object({ at: Time, planId: KeptText, expiresAt: KeptTime, isLapsed: z.boolean() }).nullable(),
    gridLimits: z.array(Fields),
    alarms: z.array(Fields),
    violations: z.array(Fields),
  })
  .meta({ id: 'LimitExplanation' });
export const SharedOut = z
  .object({
    evses: z.array(
      z.object({ evseId: z.string(), limitA: z.number(), reason: z.object({ nodeId: Id, phase: z.string() }).nullable().optional() }),
    ),
    nodes: z.array(z.object({ nodeId: Id, loadA: z.array(z.number()) })),
  })
  .meta({ id: 'SharedOut' });
export const CompositeSchedule = z
  .object({
    scheduleStart: Time,
    duration: z.number(),
    chargingRateUnit: z.string(),
    periods: z.array(z.looseObject({ startPeriod: z.number(), limit: z.number() })),
    notes: z.array(z.string()),
  })
  .meta({ id: 'CompositeSchedule' });
const RowTold = z.object({
  line: z.int(),
  key: z.string(),
  outcome: z.enum(['valid', 'refused', 'done', 'failed']),
  password: z.string().optional().describe('of a station that was made: shown once'),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export const Imported = z.object({ counts: z.record(z.string(), z.int()), rows: z.array(RowTold) }).meta({ id: 'Imported' });
