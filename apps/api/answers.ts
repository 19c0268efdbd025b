// What the api answers with, as its description has it (OpenAPI): a client is generated from these. The isolation test holds every answer it gets against them.
// What it takes is schemas.ts. A field may be added at any time; none goes, and none that is always there becomes null.
import { z } from 'zod';

const Time = z.iso.datetime({ offset: true });
const Id = z.string();
const Wh = z.number().nullable();
/** W and A of what is not known are null. */
const Watts = z.number().nullable();
const Amps = z.number().nullable();
export const MoneyText = z.string().describe('a decimal');

/** A page of a list; `nextCursor` null: there is no more. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

const Node: z.ZodType = z
  .object({
    nodeId: Id,
    limitA: z.union([z.number(), z.array(z.number())]).describe('per phase'),
    phases: z.unknown(),
    firmLimitA: z.union([z.number(), z.array(z.number())]).optional(),
    unmanagedMaxA: z.union([z.number(), z.array(z.number())]).optional(),
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
  })
  .meta({ id: 'Site' });

const Place = z.object({ nodeId: Id, phase: z.string() });
export const Outlet = z
  .object({
    evseId: z.int(),
    status: z.string().describe('in the word of the station'),
    powerW: Watts,
    sessionId: Id.nullable(),
    limitA: Amps.describe('what it might draw per phase under any profile that was sent'),
    dischargeA: Amps,
    wantedA: Amps.describe('what it is meant to have; limitA is more while that is not certain'),
    heldBy: z.string().nullable().describe('why a plan gives it less than its fair share'),
    reason: Place.extend({ isFirm: z.literal(true).optional() })
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
    siteId: Id.nullable(),
    online: z.boolean(),
    disconnectedAt: Time.nullable(),
    ocppVersion: z.string().nullable(),
    lastSeenAt: Time.nullable(),
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    firmwareVersion: z.string().nullable(),
    bootStatus: z.string().nullable(),
    bootAnswer: z.string().nullable(),
    inventory: z.object({ state: z.string(), at: Time.nullable() }).nullable(),
    alarms: z.array(
      z.object({ evseId: z.int(), kind: z.string(), since: Time, allowedA: Amps, drawnA: Amps, reason: z.string().nullable() }).partial(),
    ),
    evses: z.array(Outlet),
  })
  .meta({ id: 'Station' });
export const OneStation = Station.extend({ config: z.record(z.string(), z.unknown()).nullable() });

const Cost = z.object({ amount: MoneyText, net: MoneyText, currency: z.string() });
export const Session = z
  .object({
    sessionId: Id,
    stationId: Id,
    siteId: Id.nullable(),
    evseId: z.int().nullable(),
    connectorId: z.int().nullable(),
    transactionId: z.string().nullable(),
    ocppVersion: z.string().nullable(),
    status: z.enum(['active', 'ended']),
    startedAt: Time,
    endedAt: Time.nullable(),
    energyWh: z.number(),
    exportedWh: Wh,
    meterStartWh: Wh,
    meterStopWh: Wh,
    powerW: Watts,
    chargingState: z.string().nullable(),
    reason: z.string().nullable().describe('why it ended, in the word of the station'),
    provisional: z.boolean().describe('nobody heard its end'),
    flags: z.array(z.string()),
    cost: Cost.nullable(),
    costTold: z.object({ totalCost: z.number(), by: z.string().nullable(), at: Time.nullable() }).nullable(),
    needs: z.record(z.string(), z.unknown()).nullable(),
    priority: z.unknown(),
    missingEvents: z.record(z.string(), z.unknown()).nullable(),
    plan: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Session' });
const Happening = z.object({ at: Time, kind: z.string(), detail: z.record(z.string(), z.unknown()).nullable() });
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
    charging_periods: z.array(
      z.object({
        start_date_time: Time,
        tariff_id: z.string().optional(),
        dimensions: z.array(z.object({ type: z.string(), volume: z.number() })),
      }),
    ),
    tariffs: z.array(z.record(z.string(), z.unknown())).optional(),
    cdr_location: z.record(z.string(), z.unknown()),
    last_updated: Time,
  })
  .meta({ id: 'Cdr', description: 'OCPI 2.2.1 CDR' });

export const Command = z
  .object({
    commandId: Id,
    stationId: Id,
    action: z.string(),
    state: z.enum(['queued', 'sent', 'accepted', 'rejected', 'failed', 'timedOut']),
    answer: z.unknown().describe('of the station, as it came; null before'),
    reason: z.string().nullable(),
    requestedAt: Time,
    sentAt: Time.nullable(),
    endedAt: Time.nullable(),
  })
  .meta({ id: 'Command' });

export const LoadPoint = z.object({ at: Time, measuredW: Watts, limitW: Watts, allocatedW: Watts }).meta({ id: 'LoadPoint' });
export const Load = z
  .object({
    items: z.array(LoadPoint),
    unconfigured: z.array(z.unknown()).describe('what draws without being configured'),
    alarms: z.array(z.unknown()).describe('outlets that did not follow their limits'),
    violations: z
      .object({
        seconds: z.number(),
        isExplained: z.boolean(),
        nodes: z.array(z.object({ nodeId: Id, phase: z.string(), direction: z.string(), seconds: z.number(), energyAboveWh: z.number() })),
        episodes: z.array(z.record(z.string(), z.unknown())),
      })
      .describe('what was above a limit, with its reasons'),
  })
  .meta({ id: 'Load' });
export const LimitCommand = z
  .object({
    commandId: Id,
    stationId: Id,
    evseId: z.int().describe('0: the whole station'),
    slot: z.string(),
    transactionId: z.string().nullable(),
    cause: z.string(),
    heldBy: z.string().nullable(),
    limitA: Amps,
    wantedA: Amps,
    tight: z.record(z.string(), z.unknown()).nullable(),
    seen: z.record(z.string(), z.unknown()).nullable(),
    leaseEndsAt: Time.nullable(),
    requestedAt: Time,
    outcome: z.string().nullable(),
    answeredAt: Time.nullable(),
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
    endedAt: Time.nullable(),
  })
  .meta({ id: 'Shortfall' });
export const Outlook = z
  .object({
    limitsAt: Time.nullable(),
    limits: z.array(z.object({ at: Time, limitW: Watts })),
    plan: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Outlook' });

const AlertSeverity = z.enum(['critical', 'warning', 'info']);
export const Alerts = z
  .object({
    items: z.array(
      z.object({
        alertId: Id.describe('the same while it lasts'),
        kind: z.string(),
        severity: AlertSeverity,
        siteId: Id.nullable(),
        stationId: Id.nullable(),
        evseId: z.int().nullable(),
        since: Time.nullable(),
        detail: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
    counts: z.record(AlertSeverity, z.int()),
    total: z.int(),
  })
  .meta({ id: 'Alerts' });

const Tariff = z.record(z.string(), z.unknown()).meta({ id: 'Tariff', description: 'OCPI 2.2.1 Tariff' });
export const ListedTariff = z
  .object({
    tariffId: Id,
    currency: z.string(),
    changedAt: Time.nullable(),
    versions: z.int(),
    sites: z.array(Id),
    tariff: Tariff,
  })
  .meta({ id: 'ListedTariff' });
export const OneTariff = Tariff;
export const SiteTariff = z.object({ tariffId: Id });

export const Webhook = z
  .object({
    webhookId: Id,
    url: z.string().nullable(),
    kinds: z.array(z.string()),
    severity: AlertSeverity,
    description: z.string().nullable(),
    isEnabled: z.boolean(),
    disabledReason: z.string().nullable(),
    previousUntil: Time.nullable().describe('the secret before signs as well until then'),
    changedAt: Time,
    changedBy: z.string(),
    position: z.string().nullable().describe('how far it was told'),
    failures: z.int(),
    failingSince: Time.nullable(),
    nextAttemptAt: Time.nullable(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Webhook' });
export const NewWebhook = Webhook.extend({ secret: z.string().optional().describe('shown once; none for mail') });
export const WebhookSecret = z.object({ webhookId: Id, secret: z.string(), previousUntil: Time.nullable() });
export const Delivery = z
  .object({
    deliveryId: Id,
    messageId: Id,
    kind: z.string(),
    position: z.string().nullable(),
    subject: z.string().nullable(),
    attempt: z.int(),
    at: Time,
    isDelivered: z.boolean(),
    status: z.int().nullable(),
    error: z.string().nullable(),
    durationMs: z.number(),
  })
  .meta({ id: 'Delivery' });

export const ApiKey = z
  .object({
    keyId: Id,
    name: z.string(),
    role: z.string(),
    sites: z.array(Id).nullable(),
    createdAt: Time,
    createdBy: z.string(),
    revokedAt: Time.nullable(),
  })
  .meta({ id: 'ApiKey' });
export const NewApiKey = z.object({ keyId: Id, name: z.string(), role: z.string(), sites: z.array(Id).optional(), key: z.string() });

export const AuditEntry = z
  .object({
    seq: z.int(),
    at: Time,
    actor: z.record(z.string(), z.unknown()),
    role: z.string(),
    method: z.string(),
    route: z.string(),
    subject: z.unknown(),
    status: z.int().nullable(),
    outcome: z.enum(['done', 'refused', 'failed']),
    problem: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    previousHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export const AuditVerdict = z.object({
  isWhole: z.boolean(),
  head: z.object({ seq: z.int(), hash: z.string() }).nullable(),
  brokenAt: z.record(z.string(), z.unknown()).nullable(),
  isSeen: z.boolean().optional(),
});

const GridStep = z.object({ startsAt: Time, limitA: z.unknown().optional(), limitW: z.number().optional() });
export const GridLimit = z
  .object({
    limitId: Id,
    source: z.string(),
    siteIds: z.array(Id),
    nodeId: Id.nullable().optional(),
    receivedAt: Time.nullable(),
    schedule: z.array(GridStep),
    expiresAt: Time.nullable(),
    fallback: z.record(z.string(), z.unknown()).nullable().optional(),
  })
  .meta({ id: 'GridLimit' });
export const StandingLimit = GridLimit.extend({
  direction: z.string(),
  isShare: z.boolean(),
  inForce: z.record(z.string(), z.unknown()).nullable(),
});

export const Holding = z
  .object({
    stationId: Id,
    siteId: Id.nullable(),
    localList: z.object({ state: z.string(), version: z.int().nullable(), entries: z.int().nullable() }).nullable(),
    reservations: z.array(z.record(z.string(), z.unknown())),
    messagesShown: z.int(),
  })
  .meta({ id: 'Holding' });
export const StationMessage = z
  .object({
    eventId: Id,
    type: z.string(),
    at: Time,
    direction: z.string(),
    action: z.string().nullable().optional(),
    messageId: z.string().nullable().optional(),
    payload: z.unknown().optional(),
    answer: z.unknown().optional(),
  })
  .meta({ id: 'StationMessage' });

export const SessionExplanation = z
  .object({
    session: Session,
    events: z.array(Happening.extend({ topic: z.string(), partition: z.int(), offset: z.number() })).describe('the records behind it'),
    soc: z.array(z.object({ at: Time, socPercent: z.number() })).describe('what the car told of its battery, once a minute'),
    lines: z.array(z.record(z.string(), z.unknown())).describe('of its charge records'),
    limits: z.array(z.record(z.string(), z.unknown())).describe('sent to its outlet meanwhile, with their reasons'),
    tariff: Tariff.nullable(),
  })
  .meta({ id: 'SessionExplanation' });
export const TariffVersion = z.object({ version: z.string(), validFrom: Time.nullable(), tariff: Tariff }).meta({ id: 'TariffVersion' });
export const Variable = z
  .object({
    component: z.record(z.string(), z.unknown()).nullable(),
    variable: z.object({ name: z.string(), instance: z.string().nullable() }),
    attribute: z.string(),
    value: z.string().nullable(),
    mutability: z.string().nullable(),
    dataType: z.string().nullable(),
    unit: z.string().nullable(),
    valuesList: z.unknown(),
    minLimit: z.number().nullable(),
    maxLimit: z.number().nullable(),
    reportedAt: Time.nullable(),
    set: z.unknown(),
  })
  .meta({ id: 'Variable' });

export const GridProgram = z
  .object({
    programId: Id,
    source: z.string(),
    server: z.record(z.string(), z.unknown()),
    profile: z.string().nullable(),
    pollS: z.int(),
    validForS: z.int(),
    sites: z.array(z.record(z.string(), z.unknown())),
    heardAt: Time.nullable(),
    trouble: z.string().nullable(),
    events: z.int(),
    refusals: z.array(z.record(z.string(), z.unknown())),
    changedAt: Time,
    reportedAt: Time.nullable(),
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
    groups: z.array(z.record(z.string(), z.unknown())),
    registeredUrl: z.string().nullable(),
    isAcknowledged: z.boolean(),
    offlineAt: Time.nullable(),
    changedAt: Time,
  })
  .meta({ id: 'CapacityProvider' });
export const DimmedSite = z
  .object({
    siteId: Id,
    nodeId: Id.nullable(),
    devices: z.object({ count: z.int(), control: z.string() }),
    floorW: z.number().describe('guaranteed'),
    failSafeW: z.number(),
    silentAfterS: z.int(),
    heardAt: Time.nullable(),
    askedW: Watts,
    until: Time.nullable(),
    isSilent: z.boolean(),
  })
  .meta({ id: 'DimmedSite' });
export const GridSignal = z
  .object({
    signalId: Id,
    siteId: Id,
    source: z.string(),
    nodeId: Id.nullable(),
    direction: z.string(),
    isShare: z.boolean(),
    receivedAt: Time.nullable(),
    renewedAt: Time.nullable(),
    endsAt: Time.nullable(),
  })
  .meta({ id: 'GridSignal' });
