// What a program of a grid operator comes to for each of its sites: limits in their streams, told anew when they change and before they run out.
// The rules are libs/domain/grid-signals'; who asks the operator's server is polling.ts; what stations get of it is load balancing's.
import type {
  GridProgramConfigured,
  GridProgramSite,
  GridPush,
  GridReservationWished,
  NetworkEvent,
  Recorded,
  SiteEventData,
} from '#contracts';
import {
  type Capacity,
  capacityOf,
  ENERGY_PAYLOADS,
  type EnergyWindow,
  type EventRefusal,
  type EventTarget,
  energyOf,
  fromNow,
  type GridDirection,
  type GridEvent,
  gacRefusals,
  isSafeMode,
  notLoosened,
  type ReportDescriptor,
  routed,
  type SignalRefusal,
  type Step,
  toldIn,
} from '#domain/grid-signals';
import { canonicalJson, sha256, uuidV5 } from '#kernel';
import type { Output } from '#service';
import { isUnread, readEvent, type UnreadEvent } from './openadr/event-shape.js';
import type { Told } from './told.js';

export interface HeardEvent {
  /** Of its text, so that it is read again only when it changed. */
  readonly digest: string;
  readonly read: GridEvent | UnreadEvent;
}

/** Plain JSON, never mutated. */
export interface Program {
  readonly config?: GridProgramConfigured;
  readonly events: Readonly<Record<string, HeardEvent>>;
  /** By site, node and direction. */
  readonly told: Readonly<Record<string, Told>>;
  readonly heardMs?: number;
  /** Why the server cannot be heard. */
  readonly trouble?: string;
  /** Of the program itself, and of its events as they were last read. */
  readonly refusals: readonly (SignalRefusal & { readonly eventId?: string })[];
  readonly unheeded: readonly string[];
  /** Digest of what each site was told last of prices and carbon. */
  readonly energy?: Readonly<Record<string, string>>;
  /** Whether the server tells by itself that there is something new. */
  readonly push?: { readonly kind: GridPush['kind']; readonly trouble?: string };
  /** Until when the server has reports, by event and what they are about [ms since 1970]. */
  readonly reported?: Readonly<Record<string, number>>;
  /** What sites would like to reserve. */
  readonly wishes?: Readonly<Record<string, GridReservationWished['windows']>>;
}

export const NO_PROGRAM: Program = { events: {}, told: {}, refusals: [], unheeded: [] };

export type ProgramFact = Extract<
  Recorded<NetworkEvent>,
  {
    type:
      | 'GridProgramConfigured'
      | 'GridProgramRemoved'
      | 'GridEventsHeard'
      | 'GridEventsGone'
      | 'GridProgramHeard'
      | 'GridProgramUnheard'
      | 'GridRereadAsked'
      | 'GridReportSent'
      | 'GridPushChanged'
      | 'GridReservationWished';
  }
>;

/** How far ahead limits are told. */
const AHEAD_MS = 7 * 86_400_000;
/** More steps than a limit may have are not told ahead; they come when what is told is renewed. */
const MOST_STEPS = 1_000;
/** How far ahead prices are told. */
const PRICES_AHEAD_MS = 3 * 86_400_000;
const DIRECTIONS = ['import', 'export'] as const;

export const eventDigest = (event: unknown): string => sha256(canonicalJson(event)).slice(0, 32);
/** Under which it is kept until when an event was reported about. */
export const reportKey = (
  eventId: string,
  { payloadType, readingType = '' }: Pick<ReportDescriptor, 'payloadType' | 'readingType'>,
): string => `${eventId} ${payloadType}/${readingType}`;
export const sourceOf = (programId: string): string => `grid:${programId}`;
const placeOf = ({ siteId, nodeId }: Pick<GridProgramSite, 'siteId' | 'nodeId'>, direction: GridDirection): string =>
  `${siteId}/${nodeId ?? ''}/${direction}`;

/** What is news for sites, and the program after it. */
export interface Consequence {
  readonly program: Program;
  readonly tell: readonly Told[];
  readonly withdraw: readonly Told[];
  readonly prices?: readonly EnergyNews[];
}
interface EnergyNews {
  readonly siteId: string;
  readonly series: readonly EnergyWindow[];
}

/** Decided and remembered from the same: worked out once. */
const worked = new WeakMap<ProgramFact, { readonly before: Program; readonly consequence: Consequence }>();

export function consequenceOf(before: Program, input: ProgramFact): Consequence {
  const known = worked.get(input);
  if (known?.before === before) return known.consequence;
  const consequence = workOut(before, input);
  worked.set(input, { before, consequence });
  return consequence;
}

function workOut(before: Program, input: ProgramFact): Consequence {
  const nowMs = Date.parse(input.time);
  const program = heard(before, input, nowMs);
  const nothing = { program, tell: [], withdraw: [] };
  switch (input.type) {
    case 'GridProgramConfigured':
    case 'GridProgramRemoved':
      return reconciled(program, nowMs, false);
    case 'GridProgramHeard':
      return reconciled(program, nowMs, true);
    case 'GridProgramUnheard':
      // Nothing was ever heard: what it would have limited is unknown.
      return program.heardMs === undefined ? reconciled(program, nowMs, true) : nothing;
    default:
      return nothing;
  }
}

function heard(program: Program, input: ProgramFact, nowMs: number): Program {
  switch (input.type) {
    case 'GridProgramConfigured': {
      const was = program.config?.server;
      const server = { ...(was?.clientSecret !== undefined && { clientSecret: was.clientSecret }), ...input.data.server };
      const isSameServer = canonicalJson({ ...was, clientSecret: '' }) === canonicalJson({ ...server, clientSecret: '' });
      // Events of another server are not this one's. What sites were told holds until the server was heard for what is configured now.
      const { push: _, ...before } = program;
      const { heardMs: __, ...known } = isSameServer ? before : { ...NO_PROGRAM, told: program.told, heardMs: undefined };
      return { ...known, config: { ...input.data, server } };
    }
    case 'GridProgramRemoved':
      return { ...NO_PROGRAM, told: program.told };
    case 'GridEventsHeard': {
      const heard = input.data.events.map(
        ({ eventId, event }) => [eventId, { digest: eventDigest(event), read: readEvent(eventId, event) }] as const,
      );
      return { ...program, events: { ...program.events, ...Object.fromEntries(heard) } };
    }
    case 'GridEventsGone': {
      const gone = new Set(input.data.eventIds);
      const without = <T>(all: Readonly<Record<string, T>>, eventOf: (key: string) => string): Readonly<Record<string, T>> =>
        Object.fromEntries(Object.entries(all).filter(([key]) => !gone.has(eventOf(key))));
      const reported = program.reported && without(program.reported, (key) => key.slice(0, key.lastIndexOf(' ')));
      return { ...program, events: without(program.events, (key) => key), ...(reported && { reported }) };
    }
    case 'GridProgramHeard': {
      const { trouble: _, ...rest } = program;
      return { ...rest, heardMs: nowMs, refusals: input.data.refusals };
    }
    case 'GridProgramUnheard':
      return { ...program, trouble: input.data.reason };
    case 'GridReportSent': {
      const { eventId, until } = input.data;
      return { ...program, reported: { ...program.reported, [reportKey(eventId, input.data)]: Date.parse(until) } };
    }
    case 'GridReservationWished':
      return { ...program, wishes: { ...program.wishes, [input.data.siteId]: input.data.windows } };
    case 'GridPushChanged': {
      const { kind, trouble } = input.data;
      return { ...program, push: { kind, ...(trouble !== undefined && { trouble }) } };
    }
    case 'GridRereadAsked':
      return program;
  }
}

/** What every site should know, beside what it was told. `isHeard`: what the server says was just heard, or that it says nothing. */
function reconciled(program: Program, nowMs: number, isHeard: boolean): Consequence {
  const { config } = program;
  if (config === undefined) return { program: { ...program, told: {} }, tell: [], withdraw: Object.values(program.told) };
  const told = new Map<string, Told>();
  const refusals: Program['refusals'][number][] = [...program.refusals];
  const unheeded = new Set<string>();
  const events = eventsOf(program, config);
  for (const site of config.sites)
    for (const direction of DIRECTIONS) {
      const place = placeOf(site, direction);
      const before = program.told[place];
      const isKept = !isHeard || (program.heardMs === undefined && before !== undefined);
      const capacity = isKept ? undefined : siteCapacity(program, config, site, direction, events, before, nowMs);
      const now = isKept ? before : capacity && toldOf(config, site, direction, capacity, before, nowMs);
      if (now !== undefined) told.set(place, now);
      refusals.push(...(capacity?.refusals ?? []));
      for (const type of capacity?.unheeded ?? []) if (!ENERGY_PAYLOADS.has(type)) unheeded.add(type);
    }
  for (const { read } of Object.values(program.events))
    for (const descriptor of isUnread(read) ? [] : (read.reportDescriptors ?? [])) {
      const told = toldIn(descriptor);
      if ('reason' in told) unheeded.add(`report of ${descriptor.payloadType}: ${told.reason}`);
    }
  const { energy, prices = [] } = isHeard && program.heardMs !== undefined ? energyNews(program, config, events, nowMs) : {};
  return {
    program: {
      ...program,
      told: Object.fromEntries(told),
      ...(energy !== undefined && { energy }),
      ...(isHeard && {
        refusals: distinct([...refusals, ...events.unread.map(({ targets: _, ...refusal }) => refusal)]),
        unheeded: [...unheeded].sort(),
      }),
    },
    tell: [...told].filter(([place, now]) => now !== program.told[place]).map(([, now]) => now),
    withdraw: Object.entries(program.told)
      .filter(([place]) => !told.has(place))
      .map(([, before]) => before),
    prices,
  };
}

/** Prices and carbon that changed for a site; what is told holds for its times, whether more is heard or not. */
function energyNews({ energy: told }: Program, { sites }: GridProgramConfigured, { forNames }: ReadEvents, nowMs: number) {
  const energy: Record<string, string> = {};
  const prices = sites.flatMap(({ siteId, names }): readonly EnergyNews[] => {
    const series = energyOf(forNames(names), nowMs, nowMs + PRICES_AHEAD_MS);
    if (series.length === 0) return [];
    // What is over by and by is no news.
    const digest = eventDigest(series.map(({ fromMs, ...window }) => ({ ...window, fromMs: fromMs <= nowMs ? 0 : fromMs })));
    energy[siteId] = digest;
    return digest === told?.[siteId] ? [] : [{ siteId, series }];
  });
  return { energy, prices };
}

interface Unread extends EventRefusal {
  readonly targets?: readonly EventTarget[];
}
interface ReadEvents {
  readonly forNames: (names: readonly string[]) => readonly GridEvent[];
  readonly unread: readonly Unread[];
  readonly unclearFor: (names: readonly string[]) => readonly Unread[];
}

function eventsOf({ events }: Program, { profile, server: { version, venName } }: GridProgramConfigured): ReadEvents {
  const readable: GridEvent[] = [];
  const unread: Unread[] = [];
  for (const [eventId, { read }] of Object.entries(events))
    if (isUnread(read)) unread.push({ eventId, ...read });
    else {
      const faults = profile === 'gac' ? gacRefusals(version, read) : [];
      unread.push(...faults.map((fault) => ({ eventId, ...fault, targets: read.targets })));
      if (faults.length === 0) readable.push(read);
    }
  // Whom an event is for that cannot be read may be unknown as well.
  const unclear = unread.map((event) => ({ ...event, targets: event.targets ?? [] }));
  return { forNames: routed(readable, venName), unread, unclearFor: routed(unclear, venName) };
}

/** Undefined: nothing limits this place. */
function siteCapacity(
  { heardMs }: Program,
  { programId, profile }: GridProgramConfigured,
  { siteId, names, fallbackW, exportFallbackW, ratedW, simpleLevels }: GridProgramSite,
  direction: GridDirection,
  { forNames, unclearFor }: ReadEvents,
  before: Told | undefined,
  nowMs: number,
): Capacity | undefined {
  const fallback = direction === 'import' ? fallbackW : exportFallbackW;
  if (heardMs === undefined)
    return fallback === undefined
      ? undefined
      : { steps: [{ fromMs: nowMs, value: fallback }], fallbackW: fallback, refusals: [], unheeded: [] };
  const early = Number.parseInt(sha256(`${programId}/${siteId}`).slice(0, 6), 16) / 0x1000000;
  const rules = {
    fallbackW: fallback ?? Number.POSITIVE_INFINITY,
    early,
    ...(ratedW !== undefined && { ratedW }),
    ...(simpleLevels && { simpleLevels }),
  };
  const events = forNames(names);
  const said = capacityOf(events, direction, rules, nowMs, nowMs + AHEAD_MS);
  const refusals = [...said.refusals, ...unclearFor(names).map(({ targets: _, ...refusal }) => refusal)];
  const capacity = notLoosened({ ...said, refusals }, before?.steps ?? [], nowMs);
  if (capacity.steps.length === 0 && before === undefined && !Number.isFinite(said.fallbackW)) return undefined;
  const isSafe = profile !== 'gac' || direction === 'export' || events.some(isSafeMode);
  return isSafe
    ? capacity
    : { ...capacity, refusals: [...refusals, { eventId: '', path: 'events', message: `no event for safe mode for ${names.join(', ')}` }] };
}

/**
 * What was told before where it still holds, and long enough. A schedule holds to its end whether more is heard or not (OpenADR 3.1 User Guide, operating
 * envelopes); what has no end, and what is free, holds for as long as the program says after it was heard.
 */
function toldOf(
  { programId, validForS }: GridProgramConfigured,
  { siteId, nodeId }: GridProgramSite,
  direction: GridDirection,
  { steps: all, fallbackW }: Capacity,
  before: Told | undefined,
  nowMs: number,
): Told {
  const validMs = validForS * 1000;
  const steps = all.slice(0, MOST_STEPS);
  const fallback = Number.isFinite(fallbackW) ? { fallbackW } : {};
  const isSame =
    before !== undefined &&
    before.fallbackW === fallback.fallbackW &&
    canonicalJson(within(before.steps, nowMs, before.expiresMs)) === canonicalJson(within(steps, nowMs, before.expiresMs));
  if (isSame && before.expiresMs - nowMs > 0.75 * validMs) return before;
  const limitId = isSame ? before.limitId : uuidV5('grid limit', programId, siteId, nodeId ?? '', direction, nowMs);
  const expiresMs = Math.max(nowMs + validMs, steps.at(-1)?.fromMs ?? 0);
  return { siteId, ...(nodeId !== undefined && { nodeId }), direction, limitId, steps, ...fallback, expiresMs };
}

const within = (steps: readonly Step[], fromMs: number, untilMs: number): readonly Step[] =>
  fromNow(steps, fromMs).filter((step) => step.fromMs < untilMs);

const distinct = <T>(each: readonly T[]): readonly T[] => [...new Map(each.map((one) => [canonicalJson(one), one])).values()];

export function pricesOutput(programId: string, { siteId, series }: EnergyNews): Output {
  const data: SiteEventData['EnergySeriesReceived'] = {
    source: sourceOf(programId),
    series: series.map(({ fromMs, toMs, ...costs }) => ({ startsAt: iso(fromMs), endsAt: iso(toMs), ...costs })),
  };
  return { topic: 'site-events', type: 'EnergySeriesReceived', siteId, data };
}

const iso = (ms: number): string => new Date(ms).toISOString();
