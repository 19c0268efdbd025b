// The shapes of the HTTP interface. What they mean together (does it fit the fuse?) is decided by the site's owner.
import { z } from 'zod';
import { isStationId } from '#domain/authorization';
import { TariffSchema } from '#domain/billing';
import { LINE_PAIRS, WEEKDAYS } from '#domain/load-balancing';
import { isTimeZone } from '#kernel';
import { SUBPROTOCOLS } from '#ocpp';
import { isKeepable } from './reading.js';

export const Id = z
  .string()
  .min(1)
  .max(48)
  .regex(/^[A-Za-z0-9._*+=@|~-]+$/, 'letters, digits and . _ * + = @ | ~ - only');
/** As edges take them, so that whoever may connect can be asked about. */
export const StationIdText = z.string().refine(isStationId, 'at most 48 letters, digits, spaces and * - _ = + | @ . ~');
export const Timestamp = z.iso
  .datetime({ offset: true, abort: true })
  .refine(isKeepable, 'a time of the years 1 to 9999, less than 16 hours from UTC, was expected');
const Amps = z.number().min(0).max(100_000);
/** More than any grid connection, and still a number that sums can be made of. */
const Watts = z.number().min(0).max(1e10);
/** Feed-in is negative. */
const SignedAmps = z.number().min(-100_000).max(100_000);
const PhaseAmps = z.union([Amps, z.tuple([Amps, Amps, Amps])], 'amperes from 0 to 100000 were expected, once or for each of L1, L2, L3');
const Phase = z.enum(['L1', 'L2', 'L3']);
const Lines = z
  .union([z.literal(1), z.literal(2), z.literal(3), z.array(Phase).min(1).max(3)], '1, 2, 3 or a list of L1, L2, L3 was expected')
  .describe('lines by name; a number only where it is all lines there are, since fewer must be named');
const Phases = z.union(
  [Lines, z.enum(LINE_PAIRS).describe('between two lines instead of to the neutral')],
  `1, 2, 3, a list of L1, L2, L3 or one of ${LINE_PAIRS.join(', ')} was expected`,
);

export const NodeBody = z
  .strictObject({
    nodeId: Id,
    limitA: PhaseAmps.describe('per phase [A]'),
    limitW: Watts.optional(),
    exportLimitA: PhaseAmps.optional().describe(
      'the most that cars may feed back through this node per phase, less what other sources feed in there [A]; absent = nothing',
    ),
    firmLimitA: PhaseAmps.optional().describe(
      'the part nobody can take away [A]: leases that fit into it last longer, and stations are told less often. Absent = limitA for safe levels, and nothing that longer leases could count on',
    ),
    unmanagedMaxA: PhaseAmps.optional().describe(
      'the most that other loads at this node can draw [A], without those at nodes below; must be said of the grid connection (0 where there are none) and of a node with a meter. Absent elsewhere = nothing but stations hangs at this node: what nobody declares or measures is not counted',
    ),
    marginA: Amps.optional(),
    phases: Lines.optional(),
    transformer: z
      .strictObject({ vectorGroup: z.enum(['Dy1', 'Dy11', 'Yd1', 'Yd11', 'Yy0', 'Dd0']), turnsRatio: z.number().min(0.001).max(10_000) })
      .optional()
      .describe('what feeds this node; the limits of the parent are of its primary lines'),
    meterId: z.string().max(64).optional(),
    gridFloor: z
      .strictObject({ source: z.string().min(1).max(200), floorW: Watts })
      .optional()
      .describe(
        'what limits of this source at this node have to leave to it [W], as the operator states it (§14a EnWG: devices × 4200 W × simultaneity): a limitW of that source counts as no less, unless it is a share of one over several sites',
      ),
    get children() {
      return z.array(NodeBody).max(500).optional();
    },
  })
  .meta({ id: 'NodeToConfigure' });

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, HH:MM, was expected');
const EnergyBody = z.strictObject({
  prices: z
    .array(
      z.strictObject({
        daysOfWeek: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional(),
        startTime: TimeOfDay.optional(),
        endTime: TimeOfDay.optional().describe('not included; not after the start = on the next day'),
        pricePerKwh: z.number().min(-1000).max(1000),
        carbonKgPerKwh: z.number().min(0).max(10).optional(),
      }),
    )
    .max(200)
    .describe('weekly table in local time; the first line that holds counts'),
  feedInPerKwh: z.number().min(-1000).max(1000).optional(),
  demandPerKw: z.number().min(0).max(100_000).optional().describe('per kW of the highest power of a month'),
  carbonPerKg: z.number().min(0).max(1000).optional().describe('price put on a kg of carbon'),
  wearPerKwh: z.number().min(0).max(1000).optional().describe('what a kWh taken out of a battery costs in wear'),
});

export const SiteBody = z.strictObject({
  name: z.string().min(1).max(200),
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Amsterdam was expected'),
  voltageV: z.number().min(50).max(1000).default(230),
  root: NodeBody,
  leaseSeconds: z
    .number()
    .int()
    .min(60)
    .max(3600)
    .optional()
    .describe('how long a limit holds that is not told again [s]; up to eight times as long within firmLimitA'),
  sampleSeconds: z
    .number()
    .int()
    .min(10)
    .max(900)
    .optional()
    .describe(
      'how often cars are to tell what they draw, at least [s]; 20 unless told. A car above its limit is found within three of them',
    ),
  energy: EnergyBody.optional().describe('what energy costs the site, for the planner; drivers pay by the tariff'),
  openingHours: z
    .array(
      z.strictObject({
        daysOfWeek: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional(),
        startTime: TimeOfDay.optional(),
        endTime: TimeOfDay.optional().describe('not included; not after the start = on the next day'),
      }),
    )
    .max(50)
    .optional()
    .describe('when drivers can come, in local time; absent = always. Outages outside do not count where rules allow it'),
});

const Connector = z.strictObject({ connectorId: z.number().int().min(1).max(100), type: z.string().max(30).optional() });
export const EvseBody = z.strictObject({
  evseId: z.number().int().min(1).max(1000),
  powerType: z.enum(['AC', 'DC']).optional(),
  phases: Phases,
  minA: Amps,
  maxA: Amps,
  safeA: Amps,
  maxDischargeA: Amps.optional().describe('the most it can feed back from a car [A]; absent = it cannot'),
  roundTripEfficiency: z
    .number()
    .min(0.01)
    .max(1)
    .optional()
    .describe('what is left of a kWh that was charged and is fed back; absent = 0.85'),
  levelsA: z.array(Amps).max(100).optional(),
  priority: z.number().int().min(0).max(100).optional().describe('who goes first where not everybody can charge; absent = 0'),
  weight: z.number().min(0.1).max(100).optional().describe('share relative to others where current is scarce; absent = 1'),
  rateUnit: z.enum(['A', 'W']).optional(),
  spreadsWatts: z
    .boolean()
    .optional()
    .describe('shown at commissioning: a limit in watts lets no line carry more than its even part; absent = one line may carry all of it'),
  ratedW: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe('power on its nameplate [W], for rules of uptime that cover some ports only; absent = what maxA comes to'),
  efficiency: z.number().min(0.01).max(1).optional(),
  connectors: z.union([z.number().int().min(1).max(10), z.array(Connector).min(1).max(10)]).optional(),
});
export const StationBody = z.strictObject({
  siteId: Id,
  nodeId: Id,
  securityProfile: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  password: z.string().min(8).max(64).optional().meta({ writeOnly: true }),
  certificate: z
    .strictObject({ commonName: z.string().min(1).max(64).optional(), organization: z.string().min(1).max(64).optional() })
    .optional()
    .describe('security profile 3: what its certificate names (CN, O) where that is not its id and one of our organisations'),
  maxA: Amps.optional(),
  keepsDefault: z
    .boolean()
    .optional()
    .describe(
      'shown at commissioning: its default profile outlasts a power cycle; absent = out of reach it counts with its rating, after twice its heartbeat interval (two to ten minutes)',
    ),
  inquiries: z
    .enum(['usual', 'none'])
    .optional()
    .describe(
      'none: it gets its answers, its limits and what somebody wants of it, and is asked nothing else (configuration, measurands, clock, schedule); usual: it is asked, whatever its model is known for; absent = as its model is known for',
    ),
  strict: z
    .boolean()
    .optional()
    .describe('for certification: a message about energy that breaks its schema is answered by an error; absent = it is taken and flagged'),
  operationalSince: z.iso
    .date()
    .optional()
    .describe(
      'since when it serves the public, as it is registered for EV-ChART, also with another network; absent = since it was first heard',
    ),
  evses: z.array(EvseBody).min(1).max(1000),
});

export const StationChangeQuery = z.object({
  passwordChange: z
    .enum(['negotiated', 'now'])
    .default('negotiated')
    .describe('negotiated: the station is told, and the old password ends when it took the new one; now: the old one ends at once'),
});
export const BootStatusBody = z.strictObject({
  status: z.enum(['Accepted', 'Pending', 'Rejected']),
  heartbeatIntervalS: z.number().int().min(1).max(86_400).optional(),
});
export const VariablesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(2000).optional(),
  component: z.string().max(50).optional(),
  variable: z.string().max(50).optional(),
});

export const TokenType = z.enum(['Central', 'eMAID', 'ISO14443', 'ISO15693', 'KeyCode', 'Local', 'MacAddress', 'NoAuthorization']);
export const TokenBody = z.strictObject({
  status: z.enum(['Accepted', 'Blocked', 'Expired', 'Invalid', 'NoCredit']),
  groupId: z.string().min(1).max(36).optional(),
  expiresAt: Timestamp.optional(),
  isOnLists: z
    .boolean()
    .optional()
    .describe('stations with a local list keep it, so that its driver is let in while they are offline; absent = no'),
  onlyAt: z
    .array(
      z.strictObject({
        siteId: Id,
        stationId: StationIdText.optional(),
        evseIds: z.array(z.number().int().min(1).max(1000)).min(1).max(50).optional(),
      }),
    )
    .min(1)
    .max(100)
    .optional()
    .describe('where it may be used: sites, or stations of them, or EVSEs of those; absent = everywhere'),
});
export const TariffBody = TariffSchema;
export const SiteTariffBody = z.strictObject({ tariffId: z.string().min(1).max(36) });

export const CommandBody = z.strictObject({
  action: z.string().min(1).max(50),
  payload: z.record(z.string(), z.unknown()).default({}),
  timeoutMs: z.number().int().min(100).max(300_000).default(30_000),
});
export const CommandQuery = z.object({ wait: z.enum(['true', 'false']).default('false') });

export const AllocationBody = z.strictObject({
  root: NodeBody,
  voltageV: z.number().min(50).max(1000).optional(),
  evses: z
    .array(
      z.strictObject({
        evseId: z.union([z.string().min(1).max(100), z.number().int()]),
        nodeId: Id,
        phases: Phases,
        minA: Amps,
        maxA: Amps,
        levelsA: z.array(Amps).optional(),
        weight: z.number().min(1e-6).max(1e6).optional(),
        priority: z.number().int().optional(),
        waitingSince: Timestamp.optional(),
      }),
    )
    .max(100_000),
});
/** More than any station takes; each is compared with every profile. */
const MOST_PERIODS = 5_000;
function periodsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === 'chargingSchedulePeriod' && Array.isArray(inner) ? inner.length : periodsIn(inner)),
    0,
  );
}
export const CompositeBody = z.strictObject({
  ocppVersion: z.enum(SUBPROTOCOLS),
  profiles: z
    .array(z.record(z.string(), z.unknown()))
    .max(100)
    .refine((profiles) => periodsIn(profiles) <= MOST_PERIODS, `at most ${MOST_PERIODS} periods in all were expected`),
  durationS: z.number().int().min(1).max(604_800),
  at: Timestamp,
  maxA: Amps.describe('what the EVSE draws where nothing limits it [A per phase]'),
  transactionStartedAt: Timestamp.optional().describe('Relative profiles count from here; left out = a transaction that starts at `at`'),
  hasPriority: z.boolean().optional().describe('the car charges with priority (2.1): PriorityCharging profiles count only then'),
  voltageV: z.number().min(50).max(1000).optional().describe('line to neutral, for limits in W; left out = 230'),
});
export const MeasurementsBody = z
  .array(
    z.strictObject({
      nodeId: Id,
      at: Timestamp,
      currentA: z.tuple([SignedAmps, SignedAmps, SignedAmps]),
      ttlSeconds: z.number().min(1).max(86_400),
    }),
  )
  .min(1)
  .max(1000);
const Limit = z
  .strictObject({ startsAt: Timestamp, limitA: PhaseAmps.optional(), limitW: Watts.optional() })
  .refine(({ limitA, limitW }) => limitA !== undefined || limitW !== undefined, 'limitA or limitW was expected');
export const GridLimitBody = z
  .strictObject({
    siteIds: z
      .array(Id)
      .min(1)
      .max(10_000)
      .describe('several share the limit, unless perSite or nodeId is given; a single one has it for itself'),
    nodeId: Id.optional(),
    perSite: z.boolean().optional().describe('each site has this limit for itself'),
    direction: z
      .enum(['import', 'export'])
      .optional()
      .describe(
        'export: of what cars feed back, beside the exportLimitA of the tree and never more; several sites only with perSite or a node',
      ),
    schedule: z.array(Limit).min(1).max(1000),
    expiresAt: Timestamp,
    fallback: z
      .strictObject({ limitA: Amps.optional(), limitW: Watts.optional() })
      .refine(({ limitA, limitW }) => limitA !== undefined || limitW !== undefined, 'limitA or limitW was expected')
      .optional()
      .describe('binding after the expiry until the source speaks again'),
    stopsCharging: z
      .literal(true)
      .optional()
      .describe('asked of the roles `energy_manager` and `admin` where cars charge that would stop: less than 6 A on a line, or 1380 W'),
    source: z
      .string()
      .min(1)
      .max(100)
      .describe('who limits: a later limit of the same source at the same node, or over several sites, takes the place of the one before'),
  })
  .superRefine(({ schedule, expiresAt }, context) => {
    const starts = schedule.map(({ startsAt }) => Date.parse(startsAt));
    starts.forEach((start, index) => {
      if (starts.indexOf(start) < index)
        context.addIssue({ code: 'custom', path: ['schedule', index, 'startsAt'], message: 'another limit starts at this very time' });
    });
    if (Math.min(...starts) >= Date.parse(expiresAt))
      context.addIssue({ code: 'custom', path: ['expiresAt'], message: 'must be later than the first startsAt' });
  });

export const Page = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100), cursor: z.string().max(500).optional() });
export const SessionsQuery = Page.extend({
  stationId: StationIdText.optional(),
  siteId: Id.optional(),
  search: z.string().min(1).max(50).optional().describe("a part of the station's id, or how the session's or transaction's begins"),
  status: z.enum(['active', 'ended']).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export const PriorityBody = z.strictObject({
  priority: z.boolean().describe('true: the first place among the cars of the site; false: like the others'),
});
export const NeedsBody = z
  .strictObject({
    departsAt: Timestamp.optional(),
    energyWh: z.number().min(0).max(10_000_000).optional().describe('to have got by then, counted from the start of the session'),
    minEnergyWh: z.number().min(0).max(10_000_000).optional().describe('the part of it the driver cannot do without'),
  })
  .extend({
    discharge: z
      .strictObject({
        consent: z.boolean(),
        reserveWh: z
          .number()
          .min(-10_000_000)
          .max(10_000_000)
          .default(0)
          .describe('never below this, counted as energyWh: less than 0 is of what the car came with'),
      })
      .optional()
      .describe(
        'consent: true lets the car feed back where outlet, station and site can (422 otherwise); left out or false, that ends at once',
      ),
  })
  .refine(({ energyWh, minEnergyWh }) => minEnergyWh === undefined || minEnergyWh <= (energyWh ?? minEnergyWh), {
    message: 'must not exceed energyWh',
    path: ['minEnergyWh'],
  });
export const StationsQuery = Page.extend({ siteId: Id.optional() });
export const ParkedRecordsQuery = Page.extend({ service: z.string().max(50).optional() });
export const ReplayBody = z.strictObject({
  frame: z.string().max(1_000_000).optional().describe('the frame as it should have been; absent = as it came'),
});
export const CdrsQuery = Page.extend({ sessionId: z.string().max(50).optional() });
export const LimitsQuery = Page.omit({ cursor: true }).extend({ from: Timestamp.optional(), to: Timestamp.optional() });
export const ExplainQuery = z.object({
  stationId: StationIdText,
  evseId: z.coerce.number().int().min(1).max(1000),
  at: Timestamp.optional().describe('absent = now'),
});
export const LoadQuery = z
  .object({ from: Timestamp, to: Timestamp, interval: z.coerce.number().int().min(1).max(86_400).default(60) })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ['to'], message: 'must be later than from' });
