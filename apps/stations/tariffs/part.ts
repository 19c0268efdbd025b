// Which tariffs a station holds to calculate costs itself (OCPP 2.1): by what it confirms, and by what it lists when it is asked after that and after a boot.
// The tariff of its site is sent to it, and what it lost again (wanted.ts). What it calculates is compared with our own rating beside the session.
import type { RowWrite } from '#service';
import { type Heard, isEdgeLost } from '../heard.js';
import { asList, asObject, asText, instantOrNull, type Json } from '../json.js';
import type { CommandWish, Part, Place } from '../part.js';
import type { Station } from '../station.js';
import { STATION_TARIFFS, TRANSACTION_TARIFFS, WANTED_TARIFFS } from './tables.js';
import { afterSet, isReached, type WantedTariff, wantedIn, wish } from './wanted.js';

export interface HeldTariff {
  readonly evseId: number;
  readonly tariffId: string;
}
export interface Tariffs {
  readonly held: readonly HeldTariff[];
  /** That of its site, where it calculates itself. */
  readonly wanted?: WantedTariff;
}

type Outcome = Extract<Heard, { kind: 'outcome' }>;
const isSame = (a: HeldTariff, b: HeldTariff): boolean => a.evseId === b.evseId && a.tariffId === b.tariffId;
const numberIn = (value: unknown): number => (typeof value === 'number' ? value : 0);
const answerOf = ({ outcome }: Outcome): Json => (outcome.kind === 'answered' ? outcome.payload : {});

/** A station lists all its tariffs: what it holds now. */
function listed(heard: Outcome): readonly (HeldTariff & { readonly kind: string; readonly validFrom: string | null })[] | undefined {
  const { command } = heard;
  const answer = answerOf(heard);
  if (command.action !== 'GetTariffs' || (answer.status !== 'Accepted' && answer.status !== 'NoTariff')) return undefined;
  return asList(answer.tariffAssignments).flatMap(({ tariffId, tariffKind, validFrom, evseIds }) => {
    const places = Array.isArray(evseIds) && evseIds.length > 0 ? evseIds.map(numberIn) : [numberIn(command.payload.evseId)];
    return places.map((evseId) => ({ evseId, tariffId: asText(tariffId), kind: asText(tariffKind), validFrom: instantOrNull(validFrom) }));
  });
}
/** Tariffs the list leaves out are gone, where it was of all EVSEs or of theirs. */
const isAskedFor = ({ evseId }: HeldTariff, { command }: Outcome): boolean => [0, evseId].includes(numberIn(command.payload.evseId));

/** Tariffs that a ClearTariffs took, of those known. */
function cleared({ held }: Tariffs, heard: Outcome): readonly HeldTariff[] {
  const asked = heard.command.payload;
  const isMeant = ({ evseId, tariffId }: HeldTariff): boolean =>
    (asked.evseId === undefined || numberIn(asked.evseId) === evseId) &&
    (!Array.isArray(asked.tariffIds) || asked.tariffIds.length === 0 || asked.tariffIds.includes(tariffId));
  const results = asList(answerOf(heard).clearTariffsResult).filter(({ status }) => status === 'Accepted' || status === 'NoTariff');
  const isTaken = ({ tariffId }: HeldTariff): boolean => results.some((each) => each.tariffId === undefined || each.tariffId === tariffId);
  return held.filter((each) => isMeant(each) && isTaken(each));
}

const setIn = ({ command: { payload } }: Pick<Outcome, 'command'>): HeldTariff => ({
  evseId: numberIn(payload.evseId),
  tariffId: asText(asObject(payload.tariff).tariffId),
});

export const tariffs: Part<Tariffs> = {
  name: 'tariffs',
  tables: [STATION_TARIFFS, TRANSACTION_TARIFFS, WANTED_TARIFFS],
  calls: ['BootNotification'],
  commands: ['ChangeTransactionTariff', 'ClearTariffs', 'GetTariffs', 'SetDefaultTariff'],
  facts: ['DefaultTariffWanted', 'StationConnected'],
  triesAgain: true,
  initial: { held: [] },
  decide(state, heard, station) {
    const isBoot = heard.kind === 'call' && !heard.isOld && heard.answer.status === 'Accepted' && state.held.length > 0;
    const isNews = heard.kind === 'outcome' && heard.command.action === 'SetDefaultTariff' && answerOf(heard).status === 'Accepted';
    return [...wishes(state, heard, station), ...(isBoot || isNews ? [{ action: 'GetTariffs', payload: { evseId: 0 } }] : [])];
  },
  evolve(before, heard, _station, { commands }) {
    const after = withHeld(withWanted(before, heard), heard);
    const isSent = commands.some(({ action }) => action === 'SetDefaultTariff');
    const isCleared = commands.some(({ action }) => action === 'ClearTariffs');
    if (after.wanted === undefined || !(isSent || isCleared)) return after;
    const { former: _, ...wanted } = after.wanted;
    return { ...after, wanted: isSent ? { ...wanted, state: 'sent' } : wanted };
  },
  rows: ({ before, after, heard, place }) => [
    ...(heard.kind === 'asked' || heard.kind === 'outcome' ? tariffRows(before, after, heard, place) : []),
    ...wantedRows(before.wanted, after.wanted, heard, place),
  ],
};

/** What is wanted is sent while the station can be reached; one that would mean something else there is taken off. */
function wishes(before: Tariffs, heard: Heard, station: Station): readonly CommandWish[] {
  const { wanted, held } = withWanted(before, heard);
  // Not after an outcome: what did not get there is tried again later, or at once where it was the edge that went.
  const isMoment = heard.kind === 'fact' || heard.kind === 'due' || isEdgeLost(heard) || (heard.kind === 'call' && !heard.isOld);
  if (wanted === undefined || !isMoment || !isReached(station)) return [];
  const { tariff, former } = wanted;
  if (wanted.state === 'waiting' && tariff !== undefined) return [{ action: 'SetDefaultTariff', payload: { evseId: 0, tariff } }];
  const isLeft = wanted.state === 'central' && former !== undefined && held.some(({ tariffId }) => tariffId === former);
  return isLeft ? [{ action: 'ClearTariffs', payload: { tariffIds: [former] } }] : [];
}

function withWanted(state: Tariffs, heard: Heard): Tariffs {
  const fact = wantedIn(heard);
  if (fact !== undefined) return { ...state, wanted: wish(state.wanted, fact) };
  const { wanted } = state;
  if (wanted === undefined || heard.kind !== 'outcome') return state;
  if (heard.command.action === 'SetDefaultTariff') {
    const now = afterSet(wanted, heard.command.payload, heard.outcome);
    return now === wanted ? state : { ...state, wanted: now };
  }
  // It lost what it confirmed: it gets it again with its next boot, not at once, in case it never tells of it.
  const list = listed(heard);
  const isLost =
    list !== undefined &&
    wanted.state === 'held' &&
    heard.command.payload.evseId === 0 &&
    !list.some(({ tariffId }) => tariffId === wanted.tariff?.tariffId);
  return isLost ? { ...state, wanted: { ...wanted, state: 'waiting', reason: 'NotListed' } } : state;
}

function wantedRows(
  before: WantedTariff | undefined,
  after: WantedTariff | undefined,
  { input }: Heard,
  place: Place,
): readonly RowWrite[] {
  if (after === undefined || after === before) return [];
  const { state, tariff, problems, reason } = after;
  const row = { tariff_id: tariff?.tariffId ?? null, state, reason: reason ?? null, problems: problems ?? null, at: input.time };
  return [{ table: WANTED_TARIFFS, row: { ...place, ...row } }];
}

function withHeld(state: Tariffs, heard: Heard): Tariffs {
  if (heard.kind !== 'outcome') return state;
  const list = listed(heard);
  if (list !== undefined) {
    const others = state.held.filter((each) => !isAskedFor(each, heard));
    return { ...state, held: [...others, ...list.map(({ evseId, tariffId }) => ({ evseId, tariffId }))] };
  }
  if (heard.command.action === 'ClearTariffs') {
    const gone = cleared(state, heard);
    return gone.length === 0 ? state : { ...state, held: state.held.filter((each) => !gone.includes(each)) };
  }
  if (heard.command.action !== 'SetDefaultTariff' || answerOf(heard).status !== 'Accepted') return state;
  // One default for each EVSE: it takes the place of the former one.
  const set = setIn(heard);
  return { ...state, held: [...state.held.filter(({ evseId }) => evseId !== set.evseId), set] };
}

function tariffRows(
  before: Tariffs,
  after: Tariffs,
  heard: Extract<Heard, { kind: 'asked' | 'outcome' }>,
  place: Place,
): readonly RowWrite[] {
  const { action, payload, requestedBy } = heard.command;
  const at = heard.input.time;
  const held = ({ evseId, tariffId }: HeldTariff, row: Json): RowWrite => ({
    table: STATION_TARIFFS,
    row: { ...place, evse_id: evseId, tariff_id: tariffId, ...row },
  });
  const stage = heard.kind === 'asked' ? { state: 'sent', reason: null } : stageOf(heard);
  const sent = { tariff: payload.tariff, sent_by: requestedBy, at, ...stage };
  if (action === 'ChangeTransactionTariff') {
    const { tariffId } = asObject(payload.tariff);
    return [
      {
        table: TRANSACTION_TARIFFS,
        row: { ...place, transaction_id: asText(payload.transactionId), tariff_id: asText(tariffId), ...sent },
      },
    ];
  }
  if (heard.kind === 'asked') return action === 'SetDefaultTariff' ? [held(setIn(heard), { kind: 'DefaultTariff', ...sent })] : [];
  const gone = before.held.filter((each) => !after.held.some((other) => isSame(each, other)));
  const lost = gone.map((each) => held(each, { state: 'gone', reported_at: at }));
  const found = (listed(heard) ?? []).map((each) =>
    held(each, { kind: each.kind, state: 'held', valid_from: each.validFrom, reported_at: at }),
  );
  return [...lost, ...found, ...(action === 'SetDefaultTariff' ? [held(setIn(heard), { kind: 'DefaultTariff', ...sent })] : [])];
}

function stageOf({ outcome }: Outcome): { readonly state: string; readonly reason: string | null } {
  switch (outcome.kind) {
    case 'answered': {
      const status = asText(outcome.payload.status);
      return status === 'Accepted' ? { state: 'held', reason: null } : { state: 'refused', reason: status };
    }
    case 'errored':
      return { state: 'refused', reason: outcome.code };
    case 'refused':
      return { state: 'refused', reason: outcome.reason };
    case 'unanswered':
      return { state: 'unanswered', reason: outcome.reason };
  }
}
