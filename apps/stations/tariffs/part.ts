// Which tariffs a station holds to calculate costs itself (OCPP 2.1): by what it confirms, and by what it lists when it is asked after that and after a boot.
// What a tariff of ours is in its words is the domain's (billing); what the station then makes of it is compared with our own rating beside the session.
import type { RowWrite } from '#service';
import type { Heard } from '../heard.js';
import { asList, asObject, asText, instantOrNull, type Json } from '../json.js';
import type { Part, Place } from '../part.js';
import { STATION_TARIFFS, TRANSACTION_TARIFFS } from './tables.js';

export interface HeldTariff {
  readonly evseId: number;
  readonly tariffId: string;
}
export interface Tariffs {
  readonly held: readonly HeldTariff[];
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
  tables: [STATION_TARIFFS, TRANSACTION_TARIFFS],
  calls: ['BootNotification'],
  commands: ['ChangeTransactionTariff', 'ClearTariffs', 'GetTariffs', 'SetDefaultTariff'],
  initial: { held: [] },
  decide({ held }, heard) {
    const isBoot = heard.kind === 'call' && !heard.isOld && heard.answer.status === 'Accepted' && held.length > 0;
    const isNews = heard.kind === 'outcome' && heard.command.action === 'SetDefaultTariff' && answerOf(heard).status === 'Accepted';
    return isBoot || isNews ? [{ action: 'GetTariffs', payload: { evseId: 0 } }] : [];
  },
  evolve(state, heard) {
    if (heard.kind !== 'outcome') return state;
    const list = listed(heard);
    if (list !== undefined) {
      const others = state.held.filter((each) => !isAskedFor(each, heard));
      return { held: [...others, ...list.map(({ evseId, tariffId }) => ({ evseId, tariffId }))] };
    }
    if (heard.command.action === 'ClearTariffs') {
      const gone = cleared(state, heard);
      return gone.length === 0 ? state : { held: state.held.filter((each) => !gone.includes(each)) };
    }
    if (heard.command.action !== 'SetDefaultTariff' || answerOf(heard).status !== 'Accepted') return state;
    // One default for each EVSE: it takes the place of the former one.
    const set = setIn(heard);
    return { held: [...state.held.filter(({ evseId }) => evseId !== set.evseId), set] };
  },
  rows: ({ before, after, heard, place }) =>
    heard.kind === 'asked' || heard.kind === 'outcome' ? tariffRows(before, after, heard, place) : [],
};

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
