// The service as a fold: records of a site's stream in, rows, derived facts and book entries out.
// The decisions about sessions have their own specs in libs/domain/session.
import { describe, expect, it } from '@jest/globals';
import { type FoldResult, foldBatch, type PartitionMemory } from '#service';
import { allEntries, changedEntries } from './book-entries.js';
import { type SessionInput, sessionDefinition } from './definition.js';
import { at, evse, Stream } from './records.fixture.js';
import { stationOf } from './site-fold.js';
import type { SessionServiceState } from './state.js';

type Result = FoldResult<SessionServiceState, SessionInput>;
const nothing: PartitionMemory<SessionServiceState> = {
  ref: { topic: 'site-events', partition: 0 },
  next: 0,
  seen: {},
  states: new Map(),
  recorded: new Map(),
};
const fold = (stream: Stream): Result => foldBatch(sessionDefinition, nothing, stream.logged());

/** The rows of a table as they stand in the end, oldest first. */
function rowsOf({ rows }: Result, name: string): readonly Record<string, unknown>[] {
  const merged = new Map<string, Record<string, unknown>>();
  for (const { table, row } of rows) {
    if (table.name !== name) continue;
    const key = JSON.stringify(table.key.map((column) => row[column]));
    merged.set(key, { ...merged.get(key), ...row });
  }
  return [...merged.values()];
}
const facts = ({ outbox }: Result): readonly string[] => outbox.map(({ record }) => record.headers.ce_type ?? '');
const lost = (connectionId: string, minute: number) =>
  ({ service: 'session', deadlineId: `lost/${connectionId}`, due: at(minute) }) as const;
const book = { heartbeatIntervalS: 300 };
const entriesOf = (result: Result) => [...result.changed.values()].flatMap((state) => allEntries(state, book));

const tariff = { id: 'T', currency: 'EUR' } as never;
const site = (stream: Stream): Stream => stream.configured().add('SiteTariffChanged', 0, { tariff }, undefined).connected(0);

describe('a 1.6 session in rows', () => {
  const stream = site(new Stream())
    .says(0, 'BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Box', firmwareVersion: '1.2' })
    .says(1, 'StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError', timestamp: at(1) })
    .started(1, 1000)
    .measured(11, 2200, 7200);
  it('runs with energy and power, at its outlet and with the tariff of the site', () => {
    const result = fold(stream);
    expect(result.parked).toEqual([]);
    const [session] = rowsOf(result, 'sessions');
    expect(session).toMatchObject({
      tenant_id: 'default',
      site_id: 'depot',
      station_id: 'CP1',
      evse_id: 1,
      transaction_id: '7',
      token_hash: 'ann',
      id_token: 'sealed:v1:ann:AA',
      status: 'active',
      started_at: at(1),
      ended_at: null,
      energy_wh: 1200,
      meter_start_wh: 1000,
      power_w: 7200,
      tariff,
    });
    expect(rowsOf(result, 'site_evses')).toMatchObject([
      { evse_id: 1, status: 'Charging', power_w: 7200, register_wh: 2200, session_id: session?.session_id, removed: false },
      { evse_id: 2, status: 'Unknown', session_id: null },
    ]);
    expect(rowsOf(result, 'site_stations')).toMatchObject([
      {
        online: true,
        ocpp_version: 'ocpp1.6',
        vendor: 'Acme',
        model: 'Box',
        firmware_version: '1.2',
        last_seen_at: at(11),
        assignment_seq: 1,
        removed: false,
      },
    ]);
    expect(facts(result)).toEqual(['SessionStarted', 'ChargingPeriodRecorded']);
  });
  it('ends with its register difference, no power, and a timeline that names its records', () => {
    const result = fold(site(new Stream()).started(1, 1000).measured(11, 2200, 7200).stopped(21, 3000));
    expect(rowsOf(result, 'sessions')).toMatchObject([
      {
        status: 'ended',
        ended_at: at(21),
        energy_wh: 2000,
        meter_stop_wh: 3000,
        power_w: null,
        reason: 'EVDisconnected',
        provisional: false,
      },
    ]);
    expect(rowsOf(result, 'site_evses')).toMatchObject([{ evse_id: 1, power_w: 0, session_id: null }, {}]);
    expect(rowsOf(result, 'session_timeline').map(({ kind, record_offset, event_id }) => [kind, record_offset, event_id])).toEqual([
      ['SessionStarted', 3, 'e3'],
      ['ChargingPeriodRecorded', 4, 'e4'],
      ['ChargingPeriodRecorded', 5, 'e5'],
      ['SessionEnded', 5, 'e5'],
    ]);
  });
  it('does not change with a repeat under a new message id', () => {
    const once = fold(site(new Stream()).started(1, 1000).stopped(21, 3000));
    const twice = fold(site(new Stream()).started(1, 1000).started(1, 1000).stopped(21, 3000).stopped(21, 3000));
    expect(facts(twice)).toEqual(facts(once));
    expect(rowsOf(twice, 'sessions')).toHaveLength(1);
  });
  it('does not count what was answered with an error: it comes again', () => {
    const stream = site(new Stream()).says(
      1,
      'StartTransaction',
      { connectorId: 1 },
      { answer: { kind: 'error', code: 'FormationViolation', description: '' } },
    );
    expect(facts(fold(stream))).toEqual([]);
  });
});

describe('a 2.0.1 session in rows', () => {
  it('shows the state its transaction tells as that of the outlet', () => {
    const stream = site(new Stream('CP1', 'ocpp2.0.1'))
      .says(1, 'StatusNotification', { evseId: 1, connectorId: 1, connectorStatus: 'Occupied', timestamp: at(1) })
      .transactionEvent(1, 'Started', 0, 500, 'EVConnected')
      .transactionEvent(5, 'Updated', 1, 900, 'SuspendedEVSE');
    expect(rowsOf(fold(stream), 'site_evses')).toMatchObject([
      { evse_id: 1, status: 'SuspendedEVSE', paused_by: 'network', register_wh: 900 },
      {},
    ]);
    const ended = fold(stream.transactionEvent(9, 'Ended', 2, 1500));
    expect(rowsOf(ended, 'site_evses')).toMatchObject([{ status: 'Occupied', session_id: null }, {}]);
    expect(rowsOf(ended, 'sessions')).toMatchObject([{ energy_wh: 1000, status: 'ended', token_type: 'ISO14443' }]);
  });
});

describe('a transaction that names only its remote start', () => {
  const asked = (remoteStartId: number, driver: string) => ({
    commandId: `c${remoteStartId}`,
    stationId: 'CP1',
    action: 'RequestStartTransaction',
    payload: { remoteStartId, evseId: 1, idToken: { idToken: `sealed:v1:${driver}:AA`, type: 'Central' } },
    notAfter: at(9),
    timeoutMs: 30_000,
    requestedBy: 'api:1',
  });
  const tells = (stream: Stream, minute: number, eventType: string, seqNo: number, remoteStartId?: number) =>
    stream.says(minute, 'TransactionEvent', {
      eventType,
      seqNo,
      timestamp: at(minute),
      triggerReason: 'RemoteStart',
      transactionInfo: { transactionId: 'T1', ...(remoteStartId !== undefined && { remoteStartId }) },
      evse: { id: 1, connectorId: 1 },
      meterValue: [{ timestamp: at(minute), sampledValue: [{ value: 500 * minute }] }],
    });
  const start = () =>
    site(new Stream('CP1', 'ocpp2.0.1')).add('CommandRequested', 0, asked(7, 'ann')).add('CommandRequested', 0, asked(8, 'bob'));

  it('is of whom it was asked to begin for, also when that is told after it began', () => {
    const early = fold(tells(tells(start(), 1, 'Started', 0, 7), 3, 'Ended', 1));
    expect(rowsOf(early, 'sessions')).toMatchObject([
      { token_hash: 'ann', token_type: 'Central', id_token: 'sealed:v1:ann:AA', energy_wh: 1000 },
    ]);
    const late = fold(tells(tells(tells(start(), 1, 'Started', 0), 2, 'Updated', 1, 8), 3, 'Ended', 2));
    expect(rowsOf(late, 'sessions')).toMatchObject([{ token_hash: 'bob' }]);
  });

  it('is of whom it was asked for, however many were asked for since the first, and in whatever order their numbers are', () => {
    const stream = site(new Stream('CP1', 'ocpp2.0.1'));
    for (let id = 1000; id < 1020; id++) stream.add('CommandRequested', 0, asked(id, 'bob'));
    stream.add('CommandRequested', 0, asked(5, 'ann')).add('CommandRequested', 0, asked(6, 'bob'));
    expect(rowsOf(fold(tells(stream, 1, 'Started', 0, 5)), 'sessions')).toMatchObject([{ token_hash: 'ann' }]);
  });

  it('is of nobody where nobody asked for it', () => {
    expect(rowsOf(fold(tells(start(), 1, 'Started', 0, 9)), 'sessions')[0]?.token_hash ?? null).toBeNull();
  });
});

describe('status of ports over time', () => {
  it('has a row for each change of what is said, or of whether it is heard, and none for a repeat', () => {
    const status = { connectorId: 1, errorCode: 'NoError' };
    const stream = site(new Stream())
      .says(1, 'StatusNotification', { ...status, status: 'Available' })
      .says(2, 'StatusNotification', { ...status, status: 'Available' })
      .says(3, 'StatusNotification', { ...status, status: 'Faulted', errorCode: 'GroundFailure' })
      .disconnected(5)
      .add('TimeReached', 6, lost('c1', 6));
    const rows = rowsOf(fold(stream), 'port_status').filter(({ port_id }) => port_id === 'CP1-1');
    expect(rows.map(({ time, status: word, error_code, is_online }) => [time, word, error_code, is_online])).toEqual([
      [at(0), 'Unknown', null, true],
      [at(1), 'Available', null, true],
      [at(3), 'Faulted', 'GroundFailure', true],
      [at(6), 'Faulted', 'GroundFailure', false],
    ]);
  });
});

it('a port that is taken out has one last row, and none for what its station goes on to say', () => {
  const ports = (stream: Stream) =>
    rowsOf(fold(stream), 'port_status').flatMap(({ port_id, status, is_online }) => (status === 'Removed' ? [[port_id, is_online]] : []));
  const smaller = site(new Stream()).configured([evse(2)]);
  expect(ports(smaller)).toEqual([['CP1-1', false]]);
  smaller.add('ConfigurationAccepted', 9, { requestId: 'x', version: 2, change: { kind: 'stationRemoved', stationId: 'CP1' } });
  smaller.says(9, 'Heartbeat', {}).disconnected(9).add('TimeReached', 10, lost('c1', 10));
  expect(ports(smaller)).toEqual([
    ['CP1-1', false],
    ['CP1-2', false],
  ]);
});

describe('connections', () => {
  it('that were replaced end nothing and take nobody offline', () => {
    const stream = site(new Stream()).started(1, 1000);
    const old = { connectionId: 'c1', generation: { assignmentSeq: 1, offset: 2 } };
    stream.connected(5, 'c2').disconnected(6, 'c1');
    stream.says(7, 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError', timestamp: at(7) }, old);
    const result = fold(stream);
    expect(rowsOf(result, 'site_stations')).toMatchObject([{ online: true, connection_id: 'c2' }]);
    expect(rowsOf(result, 'sessions')).toMatchObject([{ status: 'active' }]);
    expect(rowsOf(fold(stream.disconnected(8)), 'site_stations')).toMatchObject([{ online: true, disconnected_at: at(8) }]);
  });
  it('that reach the log after a later one of the station take nobody offline, until it speaks on them', () => {
    const stream = site(new Stream()).connected(5, 'c2').connected(4, 'given up').disconnected(6, 'c2');
    const ended = fold(stream);
    expect(rowsOf(ended, 'site_stations')).toMatchObject([{ connection_id: 'c2', disconnected_at: at(6) }]);
    const speaking = fold(site(new Stream()).connected(5, 'c2').connected(4, 'late').says(7, 'Heartbeat', {}));
    expect(rowsOf(speaking, 'site_stations')).toMatchObject([{ online: true, connection_id: 'late' }]);
  });
  it('that end take the station offline half a minute later, or once it is silent for too long where they never held', () => {
    const due = (stream: Stream) => [...fold(stream).changed.values()].map((state) => sessionDefinition.fold.nextDue?.(state)?.dueMs);
    const held = site(new Stream()).disconnected(5);
    expect(due(held)).toEqual([Date.parse(at(5)) + 30_000]);
    const flapping = site(new Stream()).disconnected(0);
    expect(due(flapping)).toEqual([Date.parse(at(10))]); // twice a heartbeat
    expect(rowsOf(fold(held.add('TimeReached', 6, lost('c1', 6))), 'site_stations')).toMatchObject([
      { online: false, disconnected_at: at(5) },
    ]);
    expect(due(held)).toEqual([undefined]);
    expect(rowsOf(fold(held.connected(7, 'c2')), 'site_stations')).toMatchObject([{ online: true, disconnected_at: null }]);
  });
  it('that are followed by others in time are no change of anything that is shown, however many they are', () => {
    const stream = site(new Stream()).says(0, 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' });
    for (let minute = 1; minute < 9; minute++)
      stream
        .disconnected(minute)
        .connected(minute, `socket ${minute}`)
        .add('TimeReached', minute, lost(minute === 1 ? 'c1' : `socket ${minute - 1}`, minute));
    const result = fold(stream);
    expect(rowsOf(result, 'site_stations')).toMatchObject([{ online: true, connection_id: 'socket 8', disconnected_at: null }]);
    expect(rowsOf(result, 'port_status').filter(({ is_online }) => is_online === false)).toEqual([]);
    expect(rowsOf(result, 'port_facts').filter(({ kind }) => kind === 'offline')).toEqual([]);
  });
  it('that were asked for a moment before the one the station speaks on hide nothing of what it says there', () => {
    const stream = site(new Stream()).connected(5.1, 'c2');
    // The log has the earlier one after the later: what the station says is of the connection before it.
    const generation = { assignmentSeq: 1, offset: stream.records.length - 1 };
    stream
      .connected(5.08, 'given up')
      .says(6, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' }, { connectionId: 'c2', generation });
    expect(rowsOf(fold(stream), 'site_stations').at(-1)).toMatchObject({ connection_id: 'c2' });
    const statuses = rowsOf(fold(stream), 'port_status').flatMap(({ port_id, status }) => (port_id === 'CP1-1' ? [status] : []));
    expect(statuses.at(-1)).toBe('Charging');
  });
  it('over which transaction facts come late still count them', () => {
    const stream = site(new Stream()).started(1, 1000);
    const old = { connectionId: 'c1', generation: { assignmentSeq: 1, offset: 2 } };
    stream.connected(5, 'c2').says(6, 'StopTransaction', { transactionId: 7, meterStop: 1800, timestamp: at(4) }, old);
    expect(rowsOf(fold(stream), 'sessions')).toMatchObject([{ status: 'ended', energy_wh: 800 }]);
  });
  it('after an outage bring what waited in the station, with its own times', () => {
    const stream = site(new Stream()).started(1, 1000).measured(20, 2000, 7000).disconnected(21).connected(200, 'c2');
    stream.says(200, 'StopTransaction', { transactionId: 7, meterStop: 5000, timestamp: at(60) });
    expect(rowsOf(fold(stream), 'sessions')).toMatchObject([{ ended_at: at(60), energy_wh: 4000, flags: [] }]);
  });
});

describe('what began while its station was offline', () => {
  const priced = (id: string): never => ({ id, currency: 'EUR' }) as never;
  const twice = (stream: Stream): Stream =>
    stream
      .configured()
      .add('SiteTariffChanged', 0, { tariff: priced('first') }, undefined)
      .connected(0)
      .says(15, 'Heartbeat', {})
      .disconnected(20)
      .add('SiteTariffChanged', 60, { tariff: priced('second') }, undefined)
      .add('SiteTariffChanged', 61, { tariff: priced('second') }, undefined)
      .connected(200, 'c2');
  const tariffs = (stream: Stream) => rowsOf(fold(stream), 'sessions').map((row) => (row.tariff as { id: string }).id);
  const start = (minute: number, heard: number, transactionId: string) => (stream: Stream) =>
    stream.says(
      heard,
      'StartTransaction',
      { connectorId: 1, idTag: 'sealed:v1:ann:AA', meterStart: minute, timestamp: at(minute) },
      { transactionId },
    );

  it('has the prices of the site then; what begins now has those of now', () => {
    const stream = start(90, 201, '8')(start(30, 200, '7')(twice(new Stream())));
    expect(tariffs(start(202, 202, '9')(stream))).toEqual(['first', 'second', 'second']);
  });
  it('has the first ones where it began before there were any', () => {
    const started = { eventType: 'Started', seqNo: 0, timestamp: at(-600), offline: true, transactionInfo: { transactionId: 'T' } };
    expect(tariffs(twice(new Stream('CP1', 'ocpp2.0.1')).says(200, 'TransactionEvent', started))).toEqual(['first']);
  });
  it('has them in 2.x also where its end is all that is told', () => {
    const meterValue = [
      { timestamp: at(30), sampledValue: [{ value: 100, context: 'Transaction.Begin' }] },
      { timestamp: at(90), sampledValue: [{ value: 900, context: 'Transaction.End' }] },
    ];
    const ended = { eventType: 'Ended', seqNo: 9, timestamp: at(90), offline: true, transactionInfo: { transactionId: 'T' }, meterValue };
    expect(tariffs(twice(new Stream('CP1', 'ocpp2.0.1')).says(200, 'TransactionEvent', ended))).toEqual(['first']);
  });
});

describe('a station that stays away', () => {
  const DAY = 24 * 60;
  const away = () => site(new Stream()).started(1, 1000).measured(11, 1500, 7000).disconnected(12).add('TimeReached', 13, lost('c1', 13));
  const gone = { service: 'session', deadlineId: 'gone/c1', due: at(12 + 7 * DAY) } as const;
  const dueOf = (stream: Stream) => [...fold(stream).changed.values()].map((state) => sessionDefinition.fold.nextDue?.(state));

  it('is given up after a week: its session ends with what was heard, provisionally', () => {
    expect(dueOf(away())).toMatchObject([{ deadlineId: 'gone/c1', dueMs: Date.parse(gone.due), stationId: 'CP1' }]);
    const result = fold(away().add('TimeReached', 12 + 7 * DAY, gone));
    expect(rowsOf(result, 'sessions')).toMatchObject([
      { status: 'ended', energy_wh: 500, reason: 'Gone', ended_at: at(11), provisional: true },
    ]);
    expect(dueOf(away().add('TimeReached', 12 + 7 * DAY, gone))).toEqual([undefined]);
  });
  it('and comes back after all tells how it ended', () => {
    const back = away()
      .add('TimeReached', 12 + 7 * DAY, gone)
      .connected(8 * DAY, 'c2');
    const result = fold(back.says(8 * DAY + 1, 'StopTransaction', { transactionId: 7, meterStop: 1800, timestamp: at(20) }));
    expect(rowsOf(result, 'sessions')).toMatchObject([{ status: 'ended', energy_wh: 800, provisional: false, amendment: 1 }]);
  });
  it('is waited for where it came back before, and where nothing charges', () => {
    const back = away()
      .connected(DAY, 'c2')
      .add('TimeReached', 12 + 7 * DAY, gone);
    expect(rowsOf(fold(back), 'sessions')).toMatchObject([{ status: 'active' }]);
    expect(dueOf(site(new Stream()).disconnected(12).add('TimeReached', 13, lost('c1', 13)))).toEqual([undefined]);
  });
});

describe('a station that nobody configured, and that falls silent', () => {
  const stranger = () =>
    new Stream()
      .connected(0)
      .says(1, 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError', timestamp: at(1) })
      .started(2, 1000);
  const silent = { service: 'session', deadlineId: `silent/c1/${Date.parse(at(2))}`, due: at(12) } as const;
  const dueOf = (stream: Stream) => [...fold(stream).changed.values()].map((state) => sessionDefinition.fold.nextDue?.(state));
  const isOnline = (stream: Stream) => rowsOf(fold(stream), 'site_stations')[0]?.online;
  const links = (stream: Stream) =>
    rowsOf(fold(stream), 'port_facts')
      .filter(({ kind }) => kind === 'offline')
      .map((row) => row.at);

  it('is away once it was silent for longer than it may be: nobody owns its site, and its edge may be dead', () => {
    expect(dueOf(stranger())).toMatchObject([{ deadlineId: silent.deadlineId, dueMs: Date.parse(silent.due), stationId: 'CP1' }]);
    const away = () => stranger().add('TimeReached', 12, silent);
    expect([isOnline(stranger()), isOnline(away())]).toEqual([true, false]);
    expect(links(away())).toEqual([at(2)]);
    expect(dueOf(away())).toMatchObject([{ deadlineId: 'gone/c1' }]);
    expect(isOnline(away().says(13, 'Heartbeat', {}))).toBe(true);
  });
  it('is there where it was heard meanwhile', () => {
    const heard = stranger().says(11, 'Heartbeat', {}).add('TimeReached', 12, silent);
    expect([isOnline(heard), links(heard)]).toEqual([true, []]);
  });
  it('is asked of nobody else: of a station that is configured the owner of its site says so', () =>
    expect(dueOf(site(new Stream()))).toEqual([undefined]));
  it('that never came in on a connection the log took late is away too, from when it asked', () => {
    const phantom = () => new Stream().connected(0);
    expect(dueOf(phantom())).toMatchObject([{ deadlineId: `silent/c1/${Date.parse(at(0))}`, dueMs: Date.parse(at(10)) }]);
  });
});

describe('a provisional end', () => {
  const stream = () =>
    site(new Stream())
      .started(1, 1000)
      .measured(11, 1500, 7000)
      .says(12, 'BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' });
  it('shows the session as active again when it goes on, and settles after half an hour of silence', () => {
    const going = stream().measured(20, 2000, 7000);
    const result = fold(going);
    expect(rowsOf(result, 'sessions')).toMatchObject([{ status: 'active', energy_wh: 1000, ended_at: null }]);
    const state = [...result.changed.values()][0] as SessionServiceState;
    const due = sessionDefinition.fold.nextDue?.(state);
    expect(due).toMatchObject({ dueMs: Date.parse(at(50)), stationId: 'CP1', siteId: 'depot', tenantId: 'default' });
    const settled = fold(going.add('TimeReached', 50, { service: 'session', deadlineId: due?.deadlineId ?? '', due: at(50) }));
    expect(facts(settled).at(-1)).toBe('SessionAmended');
    expect(rowsOf(settled, 'sessions')).toMatchObject([{ status: 'ended', energy_wh: 1000, provisional: true, amendment: 1 }]);
    expect(sessionDefinition.fold.nextDue?.([...settled.changed.values()][0] as SessionServiceState)).toBeUndefined();
  });
});

describe('facts without a session', () => {
  it('are rows that can be seen', () => {
    expect(rowsOf(fold(site(new Stream()).stopped(3, 100, 99)), 'unmatched_facts')).toMatchObject([
      { transaction_id: '99', action: 'StopTransaction', reason: 'noSession', record_offset: 3 },
    ]);
  });
});

describe('commands', () => {
  const sent = { commandId: 'k', connectionId: 'c1', generation: { assignmentSeq: 1, offset: 0 } };
  const requested = {
    commandId: 'k',
    stationId: 'CP1',
    action: 'Reset',
    payload: { type: 'Soft' },
    notAfter: at(2),
    timeoutMs: 30_000,
    requestedBy: 'api:1',
  };
  const asked = (): Stream => new Stream().add('CommandRequested', 0, requested);
  const row = (stream: Stream): Record<string, unknown> | undefined => rowsOf(fold(stream), 'commands')[0];
  const answered = (payload: unknown) => ({ ...sent, payload, violations: [] });

  it('are queued, sent, and end in the station’s own word', () => {
    expect(row(asked())).toMatchObject({ state: 'queued', action: 'Reset', station_id: 'CP1', requested_at: at(0), requested_by: 'api:1' });
    expect(row(asked().add('CommandSent', 1, sent))).toMatchObject({ state: 'sent', sent_at: at(1) });
    expect(
      row(
        asked()
          .add('CommandSent', 1, sent)
          .add('CommandAnswered', 2, answered({ status: 'Accepted' })),
      ),
    ).toMatchObject({ state: 'accepted', ended_at: at(2), answer: { status: 'Accepted' } });
    expect(row(asked().add('CommandAnswered', 2, answered({ status: 'Rejected' })))).toMatchObject({ state: 'rejected' });
    expect(row(asked().add('CommandAnswered', 2, answered({ configurationKey: [] })))).toMatchObject({ state: 'accepted' });
    expect(row(asked().add('CommandAnswered', 2, answered('no object')))).toMatchObject({ answer: '"no object"' });
    expect(row(asked().add('CommandErrored', 2, { ...sent, code: 'NotSupported', description: 'no' }))).toMatchObject({
      state: 'failed',
      answer: { code: 'NotSupported', description: 'no' },
    });
    expect(row(asked().add('CommandRefused', 2, { commandId: 'k', reason: 'NotConnected' }))).toMatchObject({
      state: 'failed',
      reason: 'NotConnected',
    });
  });
  it('tell their state in every row, also when the owner of the site requests once more what it was asked for', () => {
    const stream = new Stream()
      .add('ProfileRequested', 0, { ...requested, action: 'SetChargingProfile' })
      .add('CommandRequested', 1, { ...requested, action: 'SetChargingProfile', requestedBy: 'load-balancing' })
      .add('CommandSent', 2, sent)
      .add('CommandAnswered', 3, answered({ status: 'Accepted' }))
      .add('CommandRequested', 4, requested);
    const states = fold(stream)
      .rows.filter(({ table }) => table.name === 'commands')
      .map((write) => write.row.state);
    expect(states).toEqual(['queued', 'queued', 'sent', 'accepted']);
    expect(row(stream)).toMatchObject({ state: 'accepted', requested_at: at(0), sent_at: at(2), ended_at: at(3) });
  });
  it('that wait for those before them are queued under the name of who wanted them, until they are requested or refused', () => {
    const message = (commandId: string) => ({ commandId, action: 'ChangeConfiguration', payload: { key: commandId, value: '1' } });
    const wanted = {
      stationId: 'CP1',
      messages: ['k', 'l'].map(message),
      timeoutMs: 30_000,
      notAfter: at(30),
      requestedBy: 'api:ann',
    };
    const stream = new Stream().add('MessagesWanted', 0, wanted);
    const rows = () => Object.fromEntries(rowsOf(fold(stream), 'commands').map((each) => [each.command_id, each]));
    expect(rows()).toMatchObject({ k: { state: 'queued', station_id: 'CP1' }, l: { state: 'queued', requested_by: 'api:ann' } });
    stream
      .add('CommandRequested', 1, { ...requested, ...message('k'), requestedBy: 'stations:message-queue' })
      .add('CommandAnswered', 2, answered({ status: 'Accepted' }))
      .add('MessagesRefused', 3, { stationId: 'CP1', commandIds: ['l'], reason: 'NotConnected', detail: 'ask again' });
    expect(rows()).toMatchObject({
      k: { state: 'accepted', requested_by: 'api:ann', requested_at: at(0), ended_at: at(2) },
      l: { state: 'failed', reason: 'NotConnected: ask again', requested_by: 'api:ann', ended_at: at(3) },
    });
  });
  it('that no edge took, or that were lost with one, are ended once, and only when nobody ended them', () => {
    const lapsed = (stream: Stream): Stream => stream.add('TimeReached', 9, { service: 'session', deadlineId: 'command/k', due: at(9) });
    const unanswered = (stream: Stream) => facts(fold(stream)).filter((type) => type === 'CommandUnanswered').length;
    const due = (stream: Stream) => [...fold(stream).changed.values()].map((state) => sessionDefinition.fold.nextDue?.(state)?.dueMs);
    expect(due(asked())).toEqual([Date.parse(at(2)) + 90_000]);
    // An edge ends what it holds with its connection: what has no end after the next one is waited for no longer.
    expect(due(asked().connected(1))).toEqual([Date.parse(at(2))]);
    expect(unanswered(lapsed(asked()))).toBe(1);
    expect(unanswered(lapsed(lapsed(asked().add('CommandSent', 1, sent))))).toBe(1);
    const over = asked().add('CommandAnswered', 3, answered({ status: 'Accepted' }));
    expect(due(over)).toEqual([undefined]);
    expect(unanswered(lapsed(over.add('CommandRequested', 4, requested)))).toBe(0);
    const byOwner = new Stream().add('CommandRequested', 0, { ...requested, requestedBy: 'load-balancing' });
    expect(unanswered(lapsed(byOwner))).toBe(0);
  });
  it('that met silence are timed out until the answer comes late; no silence overrules an answer', () => {
    const silent = asked()
      .add('CommandSent', 1, sent)
      .add('CommandUnanswered', 2, { ...sent, reason: 'timeout' });
    expect(row(silent)).toMatchObject({ state: 'timedOut', reason: 'timeout' });
    expect(row(silent.add('CommandAnswered', 3, answered({ status: 'Accepted' })))).toMatchObject({ state: 'accepted', reason: null });
    expect(row(silent.add('CommandUnanswered', 4, { ...sent, reason: 'edgeLost' }))).toMatchObject({ state: 'accepted', ended_at: at(3) });
  });
});

describe('the answer book', () => {
  it('knows stations with their credentials, and who charges where until it ends', () => {
    const stream = site(new Stream()).started(1, 1000);
    expect(entriesOf(fold(stream))).toMatchObject([
      {
        kind: 'station',
        version: [1, 3],
        stationId: 'CP1',
        value: { siteId: 'depot', credentialHash: 'secret', bootStatus: 'Accepted', heartbeatIntervalS: 300, securityProfile: 1 },
      },
      { kind: 'openSession', version: [1, 3], tokenHash: 'ann', value: { stationId: 'CP1', startedMs: expect.any(Number) } },
    ]);
    expect(entriesOf(fold(stream.stopped(9, 2000)))[1]).toMatchObject({ kind: 'openSession', version: [1, 4], value: null });
  });
  it('is told of changes only', () => {
    const told = fold(site(new Stream()).started(1, 1000).measured(2, 1100, 7000).stopped(9, 2000)).changes.map(
      ({ before, after, input }) =>
        changedEntries(before, after, stationOf(input as never), book).map(({ kind, value }) => [kind, value === null ? 'gone' : 'set']),
    );
    // The tariff of the site is what its stations are priced by.
    expect(told).toEqual([[['station', 'set']], [['station', 'set']], [], [['openSession', 'set']], [], [['openSession', 'gone']]]);
  });
  it('forgets a station that moved away', () => {
    const stream = site(new Stream()).add('ConfigurationAccepted', 5, {
      requestId: 'x',
      version: 2,
      change: { kind: 'stationRemoved', stationId: 'CP1' },
    });
    expect(entriesOf(fold(stream))).toMatchObject([{ kind: 'station', version: [1, 3], value: null }]);
  });
});

describe('a configuration', () => {
  it('that drops an outlet takes it off the list', () => {
    const stream = site(new Stream())
      .says(1, 'StatusNotification', { connectorId: 2, status: 'Available', errorCode: 'NoError' })
      .configured([evse(1)]);
    expect(rowsOf(fold(stream), 'site_evses')).toMatchObject([
      { evse_id: 1, removed: false },
      { evse_id: 2, removed: true },
    ]);
  });
});

describe('the tariff of a session', () => {
  const named = (id: string, more: object = {}) => ({ tariff: { id, currency: 'EUR', ...more } }) as never;
  const site2 = () => new Stream().configured().add('SiteTariffChanged', 0, named('old'), undefined).connected(0);
  const pinned = (stream: Stream) => rowsOf(fold(stream), 'sessions').map(({ tariff: each }) => (each as { id: string } | null)?.id);
  it('does not hold before its own start nor after its end', () => {
    const stream = site2().add('SiteTariffChanged', 1, named('new', { start_date_time: at(20), end_date_time: at(40) }), undefined);
    for (const [minute, transactionId] of [
      [10, 1],
      [20, 2],
      [40, 3],
    ] as const)
      stream.started(minute, 0, String(transactionId)).stopped(minute + 1, 0, transactionId);
    expect(pinned(stream)).toEqual(['old', 'new', undefined]);
    expect(entriesOf(fold(stream))[0]).toMatchObject({
      value: { terms: { tariff: { id: 'new' }, sinceMs: Date.parse(at(20)), former: [{ tariff: { id: 'old' } }] } },
    });
  });
});

describe('a reservation that is over', () => {
  const priced = { id: 'T', currency: 'EUR', elements: [{ price_components: [], restrictions: { reservation: 'RESERVATION' } }] } as never;
  const over = { stationId: 'CP1', reservationId: 3, evseId: 2, tokenHash: 'ann', from: at(1), to: at(9) } as const;
  const reserved = (stream: Stream) =>
    fold(stream)
      .outbox.filter(({ record }) => record.headers.ce_type === 'OutletReserved')
      .map(({ record }) => JSON.parse(record.value));
  const at2 = (tariffOfSite: never) =>
    new Stream().configured().add('SiteTariffChanged', 0, { tariff: tariffOfSite }, undefined).connected(0);

  it('belongs to the session that used it, and is part of its story', () => {
    const stream = site(new Stream())
      .started(9, 0)
      .add('ReservationEnded', 9, { ...over, end: 'used', transactionId: '7' });
    const [session] = rowsOf(fold(stream), 'sessions');
    expect(reserved(stream)).toEqual([{ sessionId: session?.session_id, reservationId: 3, from: at(1), to: at(9) }]);
    expect(rowsOf(fold(stream), 'session_timeline').map(({ kind }) => kind)).toContain('OutletReserved');
  });
  it('belongs to the latest of sessions under one id', () => {
    const stream = site(new Stream()).started(1, 0).stopped(3, 50).started(9, 50).stopped(12, 90);
    stream.add('ReservationEnded', 12, { ...over, end: 'used', transactionId: '7' });
    const latest = rowsOf(fold(stream), 'sessions').find(({ started_at }) => started_at === at(9));
    expect(reserved(stream)).toMatchObject([{ sessionId: latest?.session_id }]);
  });
  it('and that nobody used is told with the prices of the site, by an id of its own', () => {
    const [expired, ...others] = reserved(at2(priced).add('ReservationEnded', 9, { ...over, end: 'expired' }));
    expect(others).toEqual([]);
    expect(expired).toMatchObject({
      reservationId: 3,
      unused: { stationId: 'CP1', evseId: 2, tokenHash: 'ann', tariff: priced, isExpired: true },
    });
    const [called] = reserved(at2(priced).add('ReservationEnded', 9, { ...over, end: 'cancelled' }));
    expect(called.unused.isExpired).toBe(false);
  });
  it('says nothing where the station took it back, or nobody asks anything for it', () => {
    expect(reserved(at2(priced).add('ReservationEnded', 9, { ...over, end: 'removed' }))).toEqual([]);
    expect(
      reserved(at2({ id: 'T', currency: 'EUR', elements: [] } as never).add('ReservationEnded', 9, { ...over, end: 'expired' })),
    ).toEqual([]);
  });
});
