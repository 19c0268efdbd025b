// One tile per outlet: what it does, what it draws, what it may draw, when its station last spoke.
// The state is decided in model/evse-state.ts; what is behind it is the page of its session.
import type { Evse, Station } from '../../api/network-shapes.js';
import { type EvseState, evseState } from '../../model/evse-state.js';
import { pure } from '../../ui/pure.js';
import { addressOf } from '../../ui/router.js';
import { useWords } from '../../words/language.js';
import { alarmSentence, heldNowSentence } from '../../words/reasons.js';
import { StateMark } from './state-mark.js';

interface Props {
  readonly label: string;
  readonly stations: readonly Station[];
  readonly filter: EvseState | null;
  readonly nowMs: number;
  /** Of the site. */
  readonly timeZone: string | undefined;
}

interface TileProps extends Pick<Props, 'nowMs' | 'timeZone'> {
  readonly station: Station;
  readonly evse: Evse;
  readonly state: EvseState;
}

/** Smaller differences are not worth a message to the station [A]. */
const DEADBAND_A = 1;

const AGES_MS = 10_000;

/** A station that reports no outlet yet still gets its tile. */
const SILENT_OUTLET: Evse = {
  evseId: 0,
  status: 'Unknown',
  limitA: null,
  wantedA: null,
  heldBy: null,
  waits: null,
  tightAt: null,
  capA: null,
  powerW: null,
  sessionId: null,
};

export function EvseGrid({ label, stations, filter, nowMs, timeZone }: Props) {
  const { t } = useWords();
  const tiles = stations.flatMap((station) =>
    (station.evses.length === 0 ? [SILENT_OUTLET] : station.evses)
      .map((evse) => ({ station, evse, state: evseState(station, evse) }))
      .filter(({ state }) => filter === null || state === filter),
  );
  // Ages go in steps of ten seconds, so a tile is drawn again that often, and when its station said something.
  const agesAtMs = Math.ceil(nowMs / AGES_MS) * AGES_MS;
  if (tiles.length === 0) return <p class="muted tiles-none">{t('site.noneOfFilter')}</p>;
  return (
    <ul class="tiles" aria-label={label}>
      {tiles.map(({ station, evse, state }) => (
        <Tile
          key={`${station.stationId}/${evse.evseId}`}
          station={station}
          evse={evse}
          state={state}
          nowMs={agesAtMs}
          timeZone={timeZone}
        />
      ))}
    </ul>
  );
}

const Tile = pure(function Tile({ station, evse, state, nowMs, timeZone }: TileProps) {
  const words = useWords();
  const { t, power, current, age, count } = words;
  const flows = state === 'feedingBack';
  const draws = state === 'charging' || state === 'pausedByNetwork' || state === 'pausedByStation' || state === 'waitingForCar';
  const isWorst = evse.limitA !== null && evse.wantedA !== null && evse.limitA > evse.wantedA + DEADBAND_A;
  const alarms = station.alarms.filter(({ evseId }) => evseId === 0 || evseId === evse.evseId);
  const { waits, capA } = evse;
  const drawn = flows ? power(-(evse.powerW ?? 0)) : draws ? power(evse.powerW) : '';
  return (
    <li class={`tile tone-${state}`}>
      <p class="tile-name" title={station.stationId}>
        <a class="tile-id" href={addressOf('devices', station.stationId)}>
          {station.stationId}
        </a>
        {station.evses.length > 1 && (
          <span class="muted">
            <span class="visually-hidden">{t('evse.outlet', { id: '' })}</span>· {evse.evseId}
          </span>
        )}
      </p>
      <p class="tile-state">
        <StateMark state={state} />
        {t(`evse.${state}`)}
      </p>
      <p class="tile-power">
        <strong>{evse.sessionId === null || waits !== null ? drawn : <a href={addressOf('sessions', evse.sessionId)}>{drawn}</a>}</strong>
        <span class={isWorst ? 'warning' : 'muted'} title={isWorst ? t('evse.worstHint') : undefined}>
          {isWorst
            ? t('evse.worst', { amps: current(evse.limitA) })
            : draws
              ? evse.limitA === null
                ? t('evse.noLimit')
                : t('evse.limit', { amps: current(evse.limitA) })
              : ''}
        </span>
      </p>
      {alarms.map((alarm) => (
        <p key={`${alarm.kind} ${alarm.evseId}`} class="problem">
          ▲ {alarmSentence(alarm, words, timeZone)}
        </p>
      ))}
      {waits !== null && (
        <p class="muted" title={t('evse.waitsHint', { count: count(waits.behind) })}>
          {evse.sessionId === null ? (
            heldNowSentence(evse, words)
          ) : (
            <a href={addressOf('sessions', evse.sessionId)}>{heldNowSentence(evse, words)}</a>
          )}
        </p>
      )}
      {capA !== null && <p class="muted">{t('evse.capped', { amps: current(capA) })}</p>}
      <p class={station.lostAtMs === null ? 'tile-age muted' : 'tile-age warning'}>
        {station.lostAtMs !== null
          ? t('station.lost', { age: age(nowMs - station.lostAtMs) })
          : station.lastSeenAtMs === null
            ? t('evse.neverSeen')
            : t('evse.lastSeen', { age: age(nowMs - station.lastSeenAtMs) })}
      </p>
    </li>
  );
});
