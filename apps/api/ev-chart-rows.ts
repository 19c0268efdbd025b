// The rows of EV-ChART's quarterly modules from what is known of ports: sessions (2), uptime (3), outages (4). A port without any has a blank row.
// What a row may hold is libs/domain/ev-chart's; costs and programmes (5 to 9) are stated by people.
import {
  difference,
  EXCLUSION_CAUSES,
  minutesText,
  type Outage,
  percentOf,
  RULE_SETS,
  type Span,
  type Uptime,
  windowOf,
} from '#domain/uptime';
import type { PortRecord } from './uptime-reads.js';
import { figureOf } from './uptime-report.js';

export type EvChartRow = Readonly<Record<string, string>>;

export interface EndedSession {
  readonly sessionId: string;
  readonly stationId: string;
  readonly portId: string;
  readonly connectorId: number | null;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly energyWh: number;
  /** Highest sampled, or the mean where none was; negative where the car only fed back. */
  readonly powerW: number;
  readonly reason: string | null;
  /** In EV-ChART's words, as analysts read it. */
  readonly paymentMethod: string | null;
}

export interface Quarter extends Span {
  readonly knownMs: number;
  readonly networkProvider: string;
}

const RULES = RULE_SETS.nevi;

export const quarterOf = (year: number, quarter: number): Span => ({
  fromMs: Date.UTC(year, 3 * (quarter - 1)),
  toMs: Date.UTC(year, 3 * quarter),
});

/** Ends that are no driver's doing. Recommended words for the field are not published: these are OCPP's own, and `Boot` or `Gone` where no stop was heard. */
const ERRORS: ReadonlySet<string> = new Set([
  ...['EmergencyStop', 'GroundFault', 'HardReset', 'ImmediateReset', 'Other', 'OvercurrentFault'],
  ...['PowerLoss', 'PowerQuality', 'Reboot', 'SoftReset', 'Boot', 'Gone'],
]);
const NO_ERROR = 'none';
/** 255 fit, and what looks like a formula is written with one more. */
const MOST_OF_NOTES = 254;

const iso = (ms: number): string => new Date(ms).toISOString();
/** Of kWh from Wh, of kW from W, half up: 1005 Wh are 1.01 kWh. */
const hundredths = (thousandths: number): string => (Math.round(thousandths / 10) / 100).toFixed(2);
const figureIn = (record: PortRecord, { fromMs, toMs }: Span, { knownMs }: Quarter): Uptime =>
  figureOf(record, { window: { fromMs, toMs }, rules: RULES, knownMs, connectors: 'any' });
const place = ({ stationId, portId }: Pick<PortRecord, 'stationId' | 'portId'>, { networkProvider }: Quarter): EvChartRow => ({
  station_id: stationId,
  network_provider: networkProvider,
  port_id: portId,
});

/** Ports that were in service at any time of the quarter. */
export const portsInService = (records: readonly PortRecord[], quarter: Quarter): readonly PortRecord[] =>
  records.filter((record) => figureIn(record, quarter, quarter).inServiceMs > 0);

/** Also sessions of which nobody knows the port: better refused there than missing here. */
export function sessionRows(ports: readonly PortRecord[], sessions: readonly EndedSession[], quarter: Quarter): readonly EvChartRow[] {
  const busy = new Set(sessions.map(({ portId }) => portId));
  return [
    ...ports.filter(({ portId }) => !busy.has(portId)).map((port) => place(port, quarter)),
    ...sessions.map(({ stationId, portId, sessionId, connectorId, startedMs, endedMs, energyWh, powerW, reason, paymentMethod }) => ({
      ...place({ stationId, portId }, quarter),
      session_id: sessionId,
      ...(connectorId !== null && { connector_id: String(connectorId) }),
      session_start: iso(startedMs),
      session_end: iso(endedMs),
      session_error: reason !== null && ERRORS.has(reason) ? reason : NO_ERROR,
      energy_kwh: hundredths(energyWh),
      power_kw: hundredths(Math.max(0, powerW)),
      payment_method: paymentMethod ?? 'unknown',
    })),
  ];
}

/** Since when the station of these ports serves the public: as somebody says, else by the first of all it ever had; as far as is known. */
export function operationalSince([port]: readonly PortRecord[]): string | undefined {
  if (port?.operationalSince !== undefined) return port.operationalSince;
  let first: number | undefined;
  for (const { kind, evseId, atMs } of port?.history.facts ?? [])
    if (kind === 'status' && evseId > 0 && (first === undefined || atMs < first)) first = atMs;
  return first === undefined ? undefined : iso(first);
}

/**
 * Of the ports of one station, a row for each month that has begun and a port was in service in: of the twelve months up to its end, or of what the
 * port was in service of them with us. There uptime is left blank where EV-ChART allows it, in a station's first year, wherever it spent that.
 */
export function uptimeRows(ports: readonly PortRecord[], quarter: Quarter): readonly EvChartRow[] {
  const from = new Date(quarter.fromMs);
  const months = [0, 1, 2].map((each) => Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + each)).filter((ms) => ms < quarter.knownMs);
  const since = operationalSince(ports)?.slice(0, 10) ?? '';
  return ports.flatMap((port) =>
    months.flatMap((startMs): readonly EvChartRow[] => {
      const window = windowOf(RULES, iso(startMs).slice(0, 7));
      if (figureIn(port, { fromMs: startMs, toMs: window.toMs }, quarter).inServiceMs === 0) return [];
      const served = figureIn(port, window, quarter).serving?.fromMs ?? window.fromMs;
      const [day = ''] = [since, iso(served).slice(0, 10)].sort().reverse();
      const period = { fromMs: Date.parse(day), toMs: window.toMs };
      if (period.fromMs >= period.toMs) return [];
      const figure = figureIn(port, period, quarter);
      const mayBeBlank = period.fromMs > window.fromMs && since >= `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
      return [
        {
          ...place(port, quarter),
          uptime_reporting_start: iso(period.fromMs),
          uptime_reporting_end: iso(window.toMs - 1000),
          uptime: mayBeBlank ? '' : (percentOf(figure) ?? ''),
          total_outage: minutesText(figure.outageMs),
          total_outage_excl: minutesText(figure.excludedMs),
        },
      ];
    }),
  );
}

/** An outage that reaches out of the quarter counts with its part inside; one of which a part is excluded is two rows, so that minutes stay exact. */
export function outageRows(ports: readonly PortRecord[], quarter: Quarter): readonly EvChartRow[] {
  return ports.flatMap((port): readonly EvChartRow[] => {
    const rows = figureIn(port, quarter, quarter)
      .outages.flatMap((outage) => piecesOf(port, outage))
      .map((piece) => ({ ...place(port, quarter), ...piece }));
    return rows.length === 0 ? [place(port, quarter)] : rows;
  });
}

function piecesOf({ history }: PortRecord, outage: Outage): readonly EvChartRow[] {
  const rest = difference([outage], outage.excluded).map((span) => ({ ...span, more: { excluded_outage: 'FALSE' } }));
  const excluded = outage.excluded.map(({ fromMs, toMs, cause, id }) => {
    const { evidence = '' } = history.classifications.find(({ eventId }) => eventId === id) ?? {};
    const reason = String(EXCLUSION_CAUSES.indexOf(cause) + 1);
    return {
      fromMs,
      toMs,
      more: {
        excluded_outage: 'TRUE',
        excluded_outage_reason: reason,
        excluded_outage_notes: [...evidence].slice(0, MOST_OF_NOTES).join(''),
      },
    };
  });
  return [...rest, ...excluded]
    .sort((a, b) => a.fromMs - b.fromMs)
    .map(({ fromMs, toMs, more }) => ({ outage_id: iso(fromMs), outage_duration: minutesText(Math.max(600, toMs - fromMs)), ...more }));
}
