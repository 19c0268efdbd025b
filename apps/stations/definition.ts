// The stations service as a fold: what stations are made of, what they hold, and what was asked of them. It only combines its parts (part.ts).
// An aggregate is one station at one site, or the site itself, with an empty station id. Handing commands to edges is in command-delivery.ts.
import type { CommandRequested, SiteEvent } from '#contracts';
import { uuidV5 } from '#kernel';
import type { Deadline, Output, RowWrite, ServiceDefinition } from '#service';
import { AGAIN, evolveAgain } from './again.js';
import { evolveOpen, type Heard, hear, type OpenCommands, type SiteInput } from './heard.js';
import { hearingOf, SERVICE } from './hearing.js';
import { type AnyPart, type Decided, type Place, requesterOf, type Wish } from './part.js';
import { PARTS } from './parts.js';
import { evolveStation, type Station } from './station.js';

export interface StationState {
  readonly station: Station;
  /** Commands some part hears of, until their outcome. */
  readonly open: OpenCommands;
  /** State of each part, by name; absent = as it begins. */
  readonly parts: Readonly<Record<string, unknown>>;
  /** When what did not arrive is tried again. */
  readonly againMs?: number;
}

const TIMEOUT_MS = 30_000;
const NOT_AFTER_MS = 5 * 60_000;

const partState = ({ parts }: StationState, part: AnyPart): unknown => parts[part.name] ?? part.initial;

function toOutput(part: AnyPart, wish: Wish, index: number, input: SiteInput, ownId: string): Output {
  if ('type' in wish) {
    const about = wish.stationId ?? ownId;
    return { topic: wish.topic ?? 'site-events', type: wish.type, data: wish.data, ...(about !== '' && { stationId: about }) };
  }
  const { stationId = ownId, action, payload, timeoutMs = TIMEOUT_MS, notAfterMs = NOT_AFTER_MS, commandId } = wish;
  const data: CommandRequested = {
    commandId: commandId ?? uuidV5(SERVICE, part.name, input.id, index),
    stationId,
    action,
    payload,
    notAfter: new Date(Date.parse(input.time) + notAfterMs).toISOString(),
    timeoutMs,
    requestedBy: requesterOf(part),
  };
  return { topic: 'site-events', type: 'CommandRequested', data, stationId };
}

function decidedBy(part: AnyPart, outputs: readonly Output[]): Decided {
  if (outputs.length === 0) return NOTHING;
  const commands = outputs.flatMap(({ type, data }) => (type === 'CommandRequested' ? [data as CommandRequested] : []));
  return {
    commands: commands.filter(({ requestedBy }) => requestedBy === requesterOf(part)),
    facts: outputs.filter(({ type }) => type !== 'CommandRequested'),
  };
}
const NOTHING: Decided = { commands: [], facts: [] };

const placeOf = ({ tenantId, siteId, stationId }: Station): Place => ({ tenant_id: tenantId, site_id: siteId, station_id: stationId });

/** With these parts, in this order. */
export function stationsDefinitionOf(all: readonly AnyPart[]): ServiceDefinition<StationState, SiteEvent> {
  const { listeners, passesBy, stationIdOf } = hearingOf(all);
  const tryingAgain: ReadonlySet<string> = new Set(all.filter(({ triesAgain }) => triesAgain).map(requesterOf));

  function deadlines({ station, parts, againMs }: StationState): readonly (Deadline & { readonly part: string; readonly name: string })[] {
    const { tenantId, siteId, stationId } = station;
    const ofParts = all.flatMap((part) => {
      const state = parts[part.name];
      const due = state === undefined ? undefined : part.nextDue?.(state);
      return due === undefined ? [] : [{ ...due, part: part.name }];
    });
    const dues = againMs === undefined ? ofParts : [...ofParts, { name: AGAIN, dueMs: againMs, part: AGAIN }];
    return dues.map(({ name, dueMs, part }) => {
      const deadlineId = [tenantId, siteId, stationId, part, name, dueMs].join('/');
      const about = stationId === '' ? { tenantId, siteId } : { tenantId, siteId, stationId };
      return { deadlineId, dueMs, ...about, part, name };
    });
  }

  /** A deadline names its part, its own name and its time; where nothing waits for it any more it says nothing. */
  function dueIn(state: StationState, input: Extract<SiteInput, { type: 'TimeReached' }>): Heard | undefined {
    const due = deadlines(state).find(({ deadlineId }) => deadlineId === input.data.deadlineId);
    return due && { kind: 'due', input, nowMs: Date.parse(input.time), part: due.part, name: due.name };
  }

  function heardIn(state: StationState, input: SiteInput): Heard | undefined {
    return input.type === 'TimeReached' ? dueIn(state, input) : hear(state.station, state.open, input);
  }

  return {
    name: SERVICE,
    version: 2,
    inputs: ['site-events'],
    // Commands go where all commands go.
    outputs: ['site-events', 'network-events'],
    tables: all.flatMap(({ tables }) => tables),
    passesBy,
    fold: {
      aggregateOf(input) {
        const stationId = stationIdOf(input);
        return stationId === undefined || input.siteId === undefined ? undefined : `${input.tenantId}/${input.siteId}/${stationId}`;
      },
      initial(aggregate) {
        const [tenantId = '', siteId = '', ...rest] = aggregate.split('/');
        return {
          station: { tenantId, siteId, stationId: rest.join('/'), isConfigured: false, evseIds: [], isOnline: false },
          open: {},
          parts: {},
        };
      },
      decide(state, input) {
        const heard = heardIn(state, input);
        if (heard === undefined) return [];
        const station = evolveStation(state.station, input);
        return listeners(heard).flatMap((part) =>
          (part.decide?.(partState(state, part), heard, station) ?? []).map((wish, index) =>
            toOutput(part, wish, index, input, station.stationId),
          ),
        );
      },
      evolve(state, input, outputs) {
        const heard = heardIn(state, input);
        const station = evolveStation(state.station, input);
        if (heard === undefined) return station === state.station ? state : { ...state, station };
        let { parts } = state;
        for (const part of listeners(heard)) {
          const before = partState(state, part);
          const after = part.evolve(before, heard, station, decidedBy(part, outputs));
          if (after !== before) parts = { ...parts, [part.name]: after };
        }
        const open = evolveOpen(state.open, heard);
        const againMs = evolveAgain(state.againMs, heard, station, tryingAgain);
        const isSame = station === state.station && open === state.open && parts === state.parts && againMs === state.againMs;
        return isSame ? state : { station, open, parts, ...(againMs !== undefined && { againMs }) };
      },
      project({ before, after, input, outputs }) {
        const heard = heardIn(before, input);
        if (heard === undefined) return [];
        const place = placeOf(after.station);
        return listeners(heard).flatMap(
          (part): readonly RowWrite[] =>
            part.rows?.({
              before: partState(before, part),
              after: partState(after, part),
              heard,
              station: after.station,
              decided: decidedBy(part, outputs),
              place,
            }) ?? [],
        );
      },
      nextDue: (state) =>
        deadlines(state).reduce<Deadline | undefined>((next, each) => (next && next.dueMs <= each.dueMs ? next : each), undefined),
    },
  };
}

export const stationsDefinition = stationsDefinitionOf(PARTS);
