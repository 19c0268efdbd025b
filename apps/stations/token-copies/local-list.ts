// The local authorization list of one station (D01, D02): what it holds, and that it comes to hold what the network's list says (ADR 0046).
//   quiet --stale--> its version is asked for --told--> the list is asked what changed --offered--> sent --Accepted--> quiet, or the next part.
//   Failed, VersionMismatch: all of it anew (D01.FR.03). No answer: it may have taken it; its version tells. Three failures: an hour's pause.
// Who is on the list is in list-book.ts of the domain, kept in token-lists.ts.
import { type DeclaredTokens, declaredBy, itemsPerMessage, type ListOffer, listVersionIn, sendLocalList } from '#domain/local-list';
import { didNotArrive, type Heard, isEdgeLost } from '../heard.js';
import { asText } from '../json.js';
import { type Decided, type FactWish, type Part, requesterOf, type Wish } from '../part.js';
import type { Station } from '../station.js';
import { ASKS_OR_SETS, toldValues } from '../told-values.js';
import { LOCAL_LISTS } from './tables.js';

/** What it holds: everything up to a revision of the network's list. */
type Holding = Pick<ListOffer, 'revision' | 'fullAt' | 'isCut' | 'entries'>;

export interface KeptList {
  readonly declared: DeclaredTokens;
  /** It was told to whoever keeps the network's list. */
  readonly isTold?: boolean;
  /** As the station numbered its list when last heard of; absent = never. */
  readonly version?: number;
  /** It may have taken what it did not answer, or lost its list in a restart: its version tells. */
  readonly isDoubtful?: boolean;
  /** Absent = not ours, or not known: it gets everything. */
  readonly holds?: Holding;
  /** The network's list may say something else. */
  readonly isStale?: boolean;
  readonly waits?: 'version' | 'offer' | 'answer';
  /** Sent and not answered yet; kept while it may have been taken. */
  readonly sent?: Holding & { readonly version: number; readonly isComplete: boolean };
  readonly isUnsupported?: boolean;
  /** Somebody else sent a list; it stays until ours changes. */
  readonly isForeign?: boolean;
  readonly failures: number;
  readonly retryMs?: number;
  /** Why it is not in step, in the station's words. */
  readonly reason?: string;
}

const MOST_FAILURES = 3;
const RETRY_MS = 3_600_000;
/** After silence of a station that stays connected. */
const PAUSE_MS = 5 * 60_000;

export const localList: Part<KeptList> = {
  name: 'local-list',
  tables: [LOCAL_LISTS],
  calls: ['BootNotification', 'NotifyReport'],
  commands: ['GetLocalListVersion', 'SendLocalList', ...ASKS_OR_SETS],
  facts: ['ConfigurationAccepted', 'StationConnected', 'TokenCopiesStale', 'TokenListOffered'],
  initial: { declared: {}, failures: 0 },
  decide(before, heard, station) {
    const list = afterHeard(before, heard, station);
    const wishes: Wish[] = [];
    const { isListEnabled } = list.declared;
    const isKept = isListEnabled === true && station.isConfigured;
    if (isListEnabled !== undefined && list.isTold !== isKept) wishes.push(kept(station, { isListKept: isKept }));
    const next = nextWish(list, heard, station);
    return next === undefined ? wishes : [...wishes, next];
  },
  evolve(before, heard, station, decided) {
    const list = afterHeard(before, heard, station);
    return afterDecided(list, heard, decided);
  },
  rows({ before, after, heard, place }) {
    if (after === before) return [];
    const row = rowOf(after);
    if (JSON.stringify(row) === JSON.stringify(rowOf(before))) return [];
    return [{ table: LOCAL_LISTS, row: { ...place, ...row, changed_at: heard.input.time } }];
  },
  nextDue: ({ retryMs }) => (retryMs === undefined ? undefined : { name: 'retry', dueMs: retryMs }),
};

/** What a station keeps copies of, told to whoever has the tokens. */
export const kept = (
  { siteId, stationId }: Station,
  what: { readonly isListKept?: boolean; readonly isCacheKept?: boolean },
): FactWish => ({ topic: 'network-events', type: 'TokenCopiesKept', data: { siteId, stationId, ...what } });

function nextWish(list: KeptList, heard: Heard, station: Station): Wish | undefined {
  const { declared, version, holds, waits, isStale, isDoubtful, isUnsupported, retryMs } = list;
  const { siteId, stationId, ocppVersion, isOnline, isConfigured, bootStatus } = station;
  const isReady = isOnline && isConfigured && bootStatus === 'Accepted' && ocppVersion !== undefined;
  if (!isReady || declared.isListEnabled !== true || isUnsupported || retryMs !== undefined) return undefined;
  if (heard.kind === 'fact' && heard.input.type === 'TokenListOffered' && waits === 'answer')
    return { action: 'SendLocalList', payload: sendLocalList(ocppVersion, station, heard.input.data.offer, list.sent?.version ?? 1) };
  if (didNotArrive(heard)) return undefined;
  if (waits !== undefined || (isStale !== true && isDoubtful !== true)) return undefined;
  if (version === undefined || isDoubtful === true) return { action: 'GetLocalListVersion', payload: {} };
  const question = {
    ...(holds !== undefined && { from: holds.revision, fullAt: holds.fullAt, wasCut: holds.isCut }),
    itemsPerMessage: itemsPerMessage(declared),
    ...(declared.maxEntries !== undefined && { maxEntries: declared.maxEntries }),
    is16: ocppVersion === 'ocpp1.6',
    siteId,
    stationId,
  };
  return { topic: 'network-events', type: 'TokenListAsked', data: { question } };
}

function afterDecided(list: KeptList, heard: Heard, { commands, facts }: Decided): KeptList {
  const told = facts.find(({ type }) => type === 'TokenCopiesKept')?.data as { readonly isListKept?: boolean } | undefined;
  const known = told?.isListKept === undefined ? list : { ...list, isTold: told.isListKept };
  if (facts.some(({ type }) => type === 'TokenListAsked')) return { ...known, waits: 'offer' };
  if (commands.some(({ action }) => action === 'GetLocalListVersion')) return { ...known, waits: 'version' };
  const isOffer = heard.kind === 'fact' && heard.input.type === 'TokenListOffered';
  // It went away before it could be sent: it is asked again.
  if (isOffer && known.waits === 'answer' && commands.length === 0) return stale(known);
  return known;
}

const idle = ({ waits: _, ...list }: KeptList): KeptList => list;
const stale = (list: KeptList): KeptList => ({ ...idle(list), isStale: true });
const anew = (list: KeptList): KeptList => {
  const { holds: _, sent: __, ...rest } = list;
  return stale(rest);
};

function failed(list: KeptList, nowMs: number, reason: string): KeptList {
  const failures = list.failures + 1;
  return { ...anew(list), isDoubtful: true, failures, reason, ...(failures >= MOST_FAILURES && { retryMs: nowMs + RETRY_MS }) };
}

function afterHeard(list: KeptList, heard: Heard, station: Station): KeptList {
  switch (heard.kind) {
    case 'call':
      return heard.isOld ? list : afterCall(list, heard);
    case 'asked':
      return list;
    case 'due': {
      const { retryMs: _, ...rest } = list;
      return { ...rest, failures: 0 };
    }
    case 'fact':
      return afterFact(list, heard);
    case 'outcome':
      return afterOutcome(list, heard, station);
  }
}

/** Some lose their list with their power, whatever the specification says (D01.FR.10). */
function afterCall(list: KeptList, { action, payload, answer }: Extract<Heard, { kind: 'call' }>): KeptList {
  if (action === 'NotifyReport') return withDeclared(list, payload);
  return answer.status === 'Accepted' ? back(list.holds === undefined ? list : { ...list, isDoubtful: true }) : list;
}

/** It is there again: nothing is waited out any more, unless it keeps refusing. */
function back(list: KeptList): KeptList {
  if (list.retryMs === undefined || list.failures >= MOST_FAILURES) return list;
  const { retryMs: _, ...rest } = list;
  return rest;
}

function withDeclared(list: KeptList, payload: Readonly<Record<string, unknown>>): KeptList {
  const declared = declaredBy(list.declared, payload);
  if (declared === list.declared) return list;
  const { isUnsupported: _, ...rest } = list;
  return { ...rest, declared };
}

function afterFact(list: KeptList, { input }: Extract<Heard, { kind: 'fact' }>): KeptList {
  switch (input.type) {
    case 'TokenCopiesStale': {
      if (input.data.what !== 'list') return list;
      const { isForeign: _, ...ours } = list;
      if (input.data.requestedBy === undefined) return { ...ours, isStale: true };
      const { retryMs: __, isUnsupported: ___, reason: ____, holds: _____, ...forced } = ours;
      return { ...forced, isStale: true, isDoubtful: true, failures: 0 };
    }
    case 'TokenListOffered': {
      if (list.waits !== 'offer') return list;
      const { revision, fullAt, isCut, isComplete, entries } = input.data.offer;
      const version = Math.max(list.version ?? 0, 0) + 1;
      return { ...list, waits: 'answer', isStale: !isComplete, sent: { revision, fullAt, isCut, isComplete, entries, version } };
    }
    case 'StationConnected':
      return back(list);
    default:
      return list;
  }
}

function afterOutcome(list: KeptList, heard: Extract<Heard, { kind: 'outcome' }>, station: Station): KeptList {
  const { command, outcome, nowMs } = heard;
  const isOurs = command.requestedBy === requesterOf(localList);
  switch (command.action) {
    case 'SendLocalList':
      if (!isOurs) return afterForeign(list, command.payload, outcome);
      return isEdgeLost(heard) ? { ...stale(list), isDoubtful: true } : afterSent(list, outcome, nowMs);
    case 'GetLocalListVersion':
      if (isEdgeLost(heard)) return isOurs ? idle(list) : list;
      return afterVersion(isOurs ? idle(list) : list, outcome, nowMs, station);
    default:
      return withDeclared(list, toldValues(heard));
  }
}

type Outcome = Extract<Heard, { kind: 'outcome' }>['outcome'];
const isUnsupported = (code: string): boolean => code === 'NotSupported' || code === 'NotImplemented';

function afterSent(list: KeptList, outcome: Outcome, nowMs: number): KeptList {
  const { sent } = list;
  if (sent === undefined) return list;
  switch (outcome.kind) {
    case 'answered': {
      const status = asText(outcome.payload.status);
      if (status === 'Accepted') return taken(list, sent);
      return isUnsupported(status) ? { ...anew(list), isUnsupported: true, reason: status } : failed(list, nowMs, status);
    }
    case 'errored':
      return isUnsupported(outcome.code) ? { ...anew(list), isUnsupported: true, reason: outcome.code } : failed(list, nowMs, outcome.code);
    case 'refused': {
      const { sent: _, ...rest } = stale(list);
      // A driver was erased on the way: the list without him is another one.
      if (outcome.reason === 'InvalidPayload') return failed(list, nowMs, outcome.reason);
      // One that is away is sent it when it comes back.
      return outcome.reason === 'NotConnected' ? rest : { ...rest, retryMs: nowMs + PAUSE_MS };
    }
    case 'unanswered':
      return { ...stale(list), isDoubtful: true, retryMs: nowMs + PAUSE_MS };
  }
}

/** Only a whole list ends what failed before: a station that takes the full part and no change would be sent both for ever. */
function taken(list: KeptList, { version, isComplete, ...holds }: NonNullable<KeptList['sent']>): KeptList {
  const { sent: _, reason, isForeign: __, isDoubtful: ___, failures, ...rest } = idle(list);
  return isComplete
    ? { ...rest, version, holds, failures: 0 }
    : { ...rest, version, holds, failures, ...(reason !== undefined && { reason }) };
}

function afterVersion(list: KeptList, outcome: Outcome, nowMs: number, { ocppVersion }: Station): KeptList {
  if (outcome.kind === 'refused')
    return outcome.reason === 'NotConnected' || !(list.isStale || list.isDoubtful) ? list : { ...list, retryMs: nowMs + PAUSE_MS };
  if (outcome.kind === 'unanswered') return { ...list, retryMs: nowMs + PAUSE_MS };
  if (outcome.kind === 'errored')
    return isUnsupported(outcome.code) ? { ...list, isUnsupported: true, reason: outcome.code } : failed(list, nowMs, outcome.code);
  const version = listVersionIn(outcome.payload);
  if (version === undefined) return failed(list, nowMs, 'no version was told');
  if (version < 0 && ocppVersion === 'ocpp1.6') return { ...list, isUnsupported: true, reason: 'no local list is kept' }; // 1.6, 5.5
  if (list.sent !== undefined && list.sent.version === version) return taken(list, list.sent);
  const { sent: _, isDoubtful: __, ...rest } = list;
  if (version === rest.version) return rest;
  // Nothing of ours is there any more, or nothing was yet.
  const { holds, ...unknown } = rest;
  return { ...unknown, version, isStale: rest.isStale === true || holds !== undefined };
}

/** Somebody sent a list of his own: it counts as told, and as nobody's we know. */
function afterForeign(list: KeptList, payload: Readonly<Record<string, unknown>>, outcome: Outcome): KeptList {
  if (outcome.kind !== 'answered' || outcome.payload.status !== 'Accepted') return list;
  const version = listVersionIn(payload);
  const { holds: _, sent: __, ...rest } = list;
  return { ...rest, ...(version !== undefined && { version }), isForeign: true };
}

export type ListState = 'notKept' | 'unsupported' | 'failed' | 'foreign' | 'behind' | 'inStep' | 'empty';

function stateOf({ declared, isUnsupported: isRefused, retryMs, isForeign, isStale, isDoubtful, holds, waits }: KeptList): ListState {
  if (isRefused) return 'unsupported';
  if (declared.isListEnabled !== true) return 'notKept';
  if (retryMs !== undefined) return 'failed';
  if (isForeign) return 'foreign';
  if (isStale || isDoubtful || waits !== undefined) return 'behind';
  return holds === undefined ? 'empty' : 'inStep';
}

const rowOf = (list: KeptList) => ({
  state: stateOf(list),
  version: list.version ?? null,
  entries: list.holds?.entries ?? null,
  is_cut: list.holds?.isCut ?? false,
  max_entries: list.declared.maxEntries ?? null,
  items_per_message: itemsPerMessage(list.declared),
  failures: list.failures,
  reason: list.reason ?? null,
});
