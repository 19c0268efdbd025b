// A station for the specs: what it says is translated, decided and folded; what was decided comes back.
// Times are minutes after noon; the network hears at the same instant unless told otherwise.

import { connectorMap } from '#domain/load-balancing';
import type { OcppVersion } from '#ocpp';
import { decide, type Terms } from './decide.js';
import type { SessionAmended, SessionEnded, SessionEvent } from './events.js';
import { evolve } from './evolve.js';
import { NO_SESSIONS, type StationSessions } from './state.js';
import type { StationCall } from './station-call.js';
import { fromOcpp16 } from './translate-16.js';
import { fromOcpp201 } from './translate-201.js';

export const NOON = Date.parse('2026-11-01T12:00:00Z');
export const at = (minute: number): string => new Date(NOON + minute * 60_000).toISOString();

export interface Said {
  readonly action: string;
  readonly payload: object;
  readonly heard?: number;
  readonly transactionId?: string;
  readonly token?: string;
  readonly group?: string;
}

export class Station {
  state: StationSessions = NO_SESSIONS;
  readonly events: SessionEvent[] = [];
  /** Every record of the station with what came of it, for folding it all again. */
  private readonly history: { call: StationCall; events: readonly SessionEvent[] }[] = [];

  constructor(
    readonly version: OcppVersion,
    readonly evses: readonly { evseId: number; connectors?: number }[] = [{ evseId: 1 }, { evseId: 2 }],
    readonly terms: Terms = {},
    /** Minutes at which it was offline. */
    readonly offline: readonly [number, number] = [0, 0],
  ) {}

  hears({ action, payload, heard = 0, transactionId, token, group }: Said): readonly SessionEvent[] {
    const call: StationCall = {
      recordId: `record-${this.history.length}`,
      stationId: 'CP1',
      ocppVersion: this.version,
      action,
      payload,
      receivedAt: at(heard),
      flags: [],
      ...(transactionId !== undefined && { transactionId }),
      ...(token !== undefined && { token: { tokenHash: token, tokenType: 'Central', ...(group !== undefined && { groupHash: group }) } }),
    };
    const command = this.translate(call);
    const events = command === undefined ? [] : decide(this.state, command, this.terms);
    if (command !== undefined) this.state = evolve(this.state, command, events);
    this.history.push({ call, events });
    this.events.push(...events);
    return events;
  }

  settles(sessionId: string): readonly SessionEvent[] {
    const command = { type: 'SettleSession', sessionId } as const;
    const events = decide(this.state, command, this.terms);
    this.state = evolve(this.state, command, events);
    this.events.push(...events);
    return events;
  }

  /** The state that a rebuild reaches from the recorded facts and decisions. */
  rebuilt(): StationSessions {
    return this.history.reduce((state, { call, events }) => {
      const command = this.translate(call);
      return command === undefined ? state : evolve(state, command, JSON.parse(JSON.stringify(events)));
    }, NO_SESSIONS);
  }

  get sessionIds(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'SessionStarted' ? [event.sessionId] : []));
  }

  last(sessionId = this.sessionIds[0]): SessionEnded | SessionAmended {
    const last = this.events.findLast(
      (event): event is SessionEnded | SessionAmended =>
        (event.type === 'SessionEnded' || event.type === 'SessionAmended') && event.sessionId === sessionId,
    );
    if (last === undefined) throw new Error('the session has not ended');
    return last;
  }

  periods(sessionId = this.sessionIds[0]) {
    return this.events.flatMap((event) => (event.type === 'ChargingPeriodRecorded' && event.sessionId === sessionId ? [event] : []));
  }

  private translate(call: StationCall) {
    const map = connectorMap(this.evses);
    const [sole] = this.evses;
    return (this.version === 'ocpp1.6' ? fromOcpp16 : fromOcpp201)(call, {
      evseOf: (connectorId) => map[connectorId] ?? connectorId,
      ...(this.evses.length === 1 && sole && { soleEvseId: sole.evseId }),
      wasOffline: (ms) => ms >= NOON + this.offline[0] * 60_000 && ms < NOON + this.offline[1] * 60_000,
      isOldConnection: false,
    });
  }
}

/** The names of events, for stories. */
export const names = (events: readonly SessionEvent[]): readonly string[] => events.map(({ type }) => type);

// ── 1.6 ──

export const start16 = (minute: number, meterStart: number, { connectorId = 1, token = 'ann', id = '7', heard = minute } = {}): Said => ({
  action: 'StartTransaction',
  payload: { connectorId, idTag: `sealed:v1:${token}:x`, meterStart, timestamp: at(minute) },
  transactionId: id,
  token,
  heard,
});
export const stop16 = (
  minute: number,
  meterStop: number,
  {
    id = 7,
    token,
    heard = minute,
    ...more
  }: { id?: number; token?: string; heard?: number; reason?: string; transactionData?: object[] } = {},
): Said => ({
  action: 'StopTransaction',
  payload: { transactionId: id, meterStop, timestamp: at(minute), ...more },
  heard,
  ...(token !== undefined && { token }),
});
export const meter16 = (
  minute: number,
  wh: number,
  { connectorId = 1, id = 7 as number | undefined, context = 'Sample.Periodic', heard = minute } = {},
): Said => ({
  action: 'MeterValues',
  payload: {
    connectorId,
    ...(id !== undefined && { transactionId: id }),
    meterValue: [{ timestamp: at(minute), sampledValue: [{ value: String(wh), context }] }],
  },
  heard,
});
export const status16 = (minute: number, status: string, connectorId = 1): Said => ({
  action: 'StatusNotification',
  payload: { connectorId, status, errorCode: 'NoError', timestamp: at(minute) },
  heard: minute,
});

// ── 2.0.1 ──

interface Event201 {
  readonly minute: number;
  readonly seqNo: number;
  readonly wh?: number;
  readonly state?: string;
  readonly offline?: boolean;
  readonly token?: string;
  readonly evseId?: number;
  readonly id?: string;
  readonly heard?: number;
  readonly reason?: string;
}
export const event201 = (
  eventType: 'Started' | 'Updated' | 'Ended',
  { minute, seqNo, wh, state, offline, token, evseId, id = 'T1', heard = minute, reason }: Event201,
): Said => ({
  action: 'TransactionEvent',
  payload: {
    eventType,
    seqNo,
    timestamp: at(minute),
    triggerReason: 'MeterValuePeriodic',
    transactionInfo: {
      transactionId: id,
      ...(state !== undefined && { chargingState: state }),
      ...(reason !== undefined && { stoppedReason: reason }),
    },
    ...(offline !== undefined && { offline }),
    ...(evseId !== undefined && { evse: { id: evseId, connectorId: 1 } }),
    ...(token !== undefined && { idToken: { idToken: `sealed:v1:${token}:${minute}${heard}`, type: 'ISO14443' } }),
    ...(wh !== undefined && {
      meterValue: [
        { timestamp: at(minute), sampledValue: [{ value: wh, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } }] },
      ],
    }),
  },
  heard,
  ...(token !== undefined && { token }),
});
