// Outlets that do not follow their limits, for operators: since when, what was allowed, what is drawn. Found anew with each record of a station.
// What they count with meanwhile is the ledger's; what was above a limit in all is exceedance's.
import type { LimitAlarmReported, Recorded, SiteEvent } from '#contracts';
import type { StationLedger } from '#domain/load-balancing';
import type { Output, RowWrite, TableSpec } from '#service';
import { type SiteState, type StationState, stationIn, withStation } from './state.js';

const LIMIT_ALARMS: TableSpec = {
  name: 'limit_alarms',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    evse_id: 'integer',
    kind: 'text',
    since: 'timestamptz',
    ended_at: 'timestamptz',
    allowed_ma: 'bigint',
    drawn_ma: 'bigint',
    reason: 'text',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'evse_id', 'kind', 'since'],
};
export const ALARM_TABLES = [LIMIT_ALARMS] as const;

type Kind = LimitAlarmReported['kind'];
type Slot = NonNullable<LimitAlarmReported['slot']>;
type Found = Omit<LimitAlarmReported, 'stationId' | 'since' | 'isOver'>;
/** What a station made of a limit of ours. */
interface Said {
  readonly evseId: number;
  readonly slot: Slot;
  readonly kind: Kind | 'takes';
  readonly limitMa: number;
}

/** `after`: with everything that was decided on the record, but this. */
export function alarmNews(before: SiteState, after: SiteState, input: Recorded<SiteEvent>): readonly Output[] {
  const stationId = input.stationId ?? '';
  const [was, is] = [stationIn(before, stationId), stationIn(after, stationId)];
  if (was === undefined || was === is) return [];
  const standing = was.alarms ?? {};
  const said = answerIn(was.ledger, input);
  const report = (data: Omit<LimitAlarmReported, 'stationId'>): Output => ({
    topic: 'balancing-events',
    type: 'LimitAlarmReported',
    stationId,
    data: { stationId, ...data },
  });
  const over = Object.entries(standing).flatMap(([key, alarm]) => {
    const [kind = '', evseId] = key.split('/');
    const place = { kind: kind as Kind, evseId: Number(evseId), ...(alarm.slot && { slot: alarm.slot }) };
    return is !== undefined && lasts(is, place, said) ? [] : [report({ ...place, since: iso(alarm.sinceMs), isOver: true })];
  });
  const begun = (is === undefined ? [] : [...ignoring(is), ...differing(is), ...unheeded(is, said)]).filter(
    (found) => !(keyOf(found) in standing),
  );
  return [...over, ...begun.map((found) => report({ ...found, since: iso(after.nowMs), isOver: false }))];
}

const iso = (ms: number): string => new Date(ms).toISOString();
const keyOf = ({ kind, evseId }: Pick<Found, 'kind' | 'evseId'>): string => `${kind}/${evseId}`;

const ignoring = ({ ledger, measured }: StationState): readonly Found[] =>
  ledger.evses
    .filter(({ disobedient }) => disobedient)
    .map(({ evseId }) => {
      const { flag } = measured[evseId] ?? {};
      return { kind: 'ignores', evseId, ...(flag && { allowedMa: flag.allowedMa, drawnMa: flag.reportedMa, reason: flag.reason }) };
    });

/** A difference is of a plan, and over with its transaction; that leases do not end is the station's until it says otherwise. */
const differing = ({ differing: said = {}, demands }: StationState): readonly Found[] =>
  Object.entries(said)
    .filter(([evseId, { kind, transactionId }]) => kind === 'outlasts' || demands[evseId]?.transactionId === transactionId)
    .map(([evseId, { kind, toldMa, saidMa }]) => ({ kind, evseId: Number(evseId), allowedMa: toldMa, drawnMa: saidMa }));

/** A plan that comes when its transaction has just ended is refused by right. */
function unheeded({ demands, measured }: StationState, said: Said | undefined): readonly Found[] {
  if (said === undefined || said.kind === 'takes' || (said.slot === 'plan' && !(said.evseId in demands))) return [];
  const { evseId, slot, kind, limitMa } = said;
  const { currentMa } = measured[evseId] ?? {};
  return [{ evseId, slot, kind, allowedMa: limitMa, ...(currentMa !== undefined && { drawnMa: currentMa }) }];
}

function lasts(station: StationState, { kind, evseId, slot }: Found, said: Said | undefined): boolean {
  const { ledger, demands } = station;
  if (kind === 'outlasts' || kind === 'differs')
    return (
      ledger.evses.some((evse) => evse.evseId === evseId) &&
      differing(station).some((found) => found.evseId === evseId && found.kind === kind)
    );
  if (kind === 'ignores') return ledger.evses.some((evse) => evse.evseId === evseId && evse.disobedient);
  if (slot === 'plan' && !(evseId in demands)) return false;
  // What it said of an EVSE that is configured no more is of no interest. 0 is all of them at once, as defaults are told that are alike.
  if (!ledger.evses.some((evse) => evseId === 0 || evse.evseId === evseId)) return false;
  const isAbout = said !== undefined && said.slot === slot && (said.evseId === evseId || said.evseId === 0 || evseId === 0);
  return !isAbout || said.kind === kind;
}

function answerIn(ledger: StationLedger, { type, data }: Recorded<SiteEvent>): Said | undefined {
  if (type !== 'CommandAnswered' && type !== 'CommandErrored' && type !== 'CommandUnanswered') return undefined;
  const grant = ledger.evses
    .flatMap(({ plans, defaults }) => [...plans, ...defaults])
    .find(({ commandId }) => commandId === data.commandId);
  if (grant === undefined || grant.slot === 'stationMax') return undefined;
  const about = { evseId: grant.evseId, slot: grant.slot, limitMa: grant.steps[0]?.limitMa ?? 0 };
  switch (type) {
    case 'CommandAnswered':
      return { ...about, kind: (data.payload as { readonly status?: unknown } | null)?.status === 'Accepted' ? 'takes' : 'rejects' };
    case 'CommandErrored':
      return { ...about, kind: 'rejects' };
    case 'CommandUnanswered':
      // Whose link or edge was lost is offline: that is told of it.
      return data.reason === 'timeout' ? { ...about, kind: 'silent' } : undefined;
  }
}

/** Remembers what was told. */
export const alarmed = (state: SiteState, { stationId, isOver, since, ...found }: LimitAlarmReported): SiteState =>
  withStation(state, stationId, ({ alarms = {}, ...station }) => {
    const { [keyOf(found)]: _over, ...others } = alarms;
    const alarm = { sinceMs: Date.parse(since), ...(found.slot && { slot: found.slot }) };
    return { ...station, alarms: isOver ? others : { ...others, [keyOf(found)]: alarm } };
  });

/** When alarms begin and end, and what is drawn meanwhile. */
export function alarmRows(
  before: SiteState,
  after: SiteState,
  { stationId = '' }: Recorded<SiteEvent>,
  outputs: readonly Output[],
): readonly RowWrite[] {
  const rowOf = (
    place: { readonly stationId: string; readonly evseId: number; readonly kind: string; readonly since: string },
    more: object,
  ): RowWrite => ({
    table: LIMIT_ALARMS,
    row: {
      tenant_id: after.tenantId,
      site_id: after.siteId,
      station_id: place.stationId,
      evse_id: place.evseId,
      kind: place.kind,
      since: place.since,
      ...more,
    },
  });
  const told = outputs.flatMap(({ type, data }): readonly RowWrite[] => {
    if (type !== 'LimitAlarmReported') return [];
    const { isOver, allowedMa = null, drawnMa = null, reason = null, slot: _which, ...place } = data as LimitAlarmReported;
    return [rowOf(place, isOver ? { ended_at: iso(after.nowMs) } : { ended_at: null, allowed_ma: allowedMa, drawn_ma: drawnMa, reason })];
  });
  const [was, is] = [stationIn(before, stationId), stationIn(after, stationId)];
  const drawn =
    was === is
      ? []
      : Object.entries(is?.alarms ?? {}).flatMap(([key, { sinceMs }]): readonly RowWrite[] => {
          const [kind = '', evseId = ''] = key.split('/');
          const { currentMa } = is?.measured[evseId] ?? {};
          // Those are about what it says, whatever it draws.
          if (kind === 'outlasts' || kind === 'differs') return [];
          if (!(key in (was?.alarms ?? {})) || currentMa === undefined || currentMa === was?.measured[evseId]?.currentMa) return [];
          return [rowOf({ stationId, evseId: Number(evseId), kind, since: iso(sinceMs) }, { drawn_ma: currentMa })];
        });
  return [...told, ...drawn];
}
