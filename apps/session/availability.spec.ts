// What becomes a fact about a port, when it counts and how it is kept. What facts amount to is told in libs/domain/uptime.
import { describe, expect, it } from '@jest/globals';
import { foldBatch, type PartitionMemory } from '#service';
import { sessionDefinition } from './definition.js';
import { at, evse, Stream } from './records.fixture.js';
import type { SessionServiceState } from './state.js';

const nothing: PartitionMemory<SessionServiceState> = {
  ref: { topic: 'site-events', partition: 0 },
  next: 0,
  seen: {},
  states: new Map(),
  recorded: new Map(),
};
const rows = (stream: Stream, name = 'port_facts'): readonly Record<string, unknown>[] =>
  foldBatch(sessionDefinition, nothing, stream.logged())
    .rows.filter(({ table }) => table.name === name)
    .map(({ row }) => row);
const told = (stream: Stream) =>
  rows(stream)
    .filter(({ kind }) => kind === 'status')
    .map(({ evse_id, connector_id, status, at: since, received_at, flags }) => [
      `${evse_id}/${connector_id}`,
      status,
      since,
      received_at,
      flags,
    ]);
const links = (stream: Stream) =>
  rows(stream).flatMap(({ kind, at: since }) => (kind === 'offline' || kind === 'online' ? [[kind, since]] : []));

const status = (stream: Stream, minute: number, word: string, more: object = {}): Stream =>
  stream.says(minute, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: word, timestamp: at(minute), ...more });
const online = (evses = [evse(1), evse(2)]): Stream => new Stream().configured(evses).connected(0);

describe('a word of a connector', () => {
  it('is a fact when it says something else about what works, and again on a new connection', () => {
    const stream = status(
      status(status(status(online(), 1, 'Available'), 2, 'Charging'), 3, 'Faulted', { errorCode: 'GroundFailure' }),
      4,
      'Available',
    );
    status(stream.disconnected(5).connected(6, 'c2'), 7, 'Available');
    expect(told(stream).map(([, word, since]) => [word, since])).toEqual([
      ['Available', at(1)],
      ['Faulted', at(3)],
      ['Available', at(4)],
      ['Available', at(7)],
    ]);
  });

  it('of ever new connectors is followed for the first 500 only, and so are their readings', () => {
    const stream = online();
    for (let connectorId = 1; connectorId <= 510; connectorId++) status(stream, 1, 'Available', { connectorId });
    status(status(stream, 2, 'Faulted', { connectorId: 500 }), 3, 'Faulted', { connectorId: 510 });
    for (const connectorId of [500, 511])
      stream.says(4, 'MeterValues', { connectorId, meterValue: [{ timestamp: at(4), sampledValue: [{ value: '5' }] }] });
    const places = told(stream).map(([place]) => place);
    expect([places.length, new Set(places).size, places.at(-1)]).toEqual([501, 500, '500/500']);
    expect(new Set(rows(stream, 'site_evses').map(({ evse_id }) => evse_id)).size).toBe(500);
    expect(rows(stream, 'site_evses').at(-1)).toMatchObject({ evse_id: 500, register_wh: 5 });
  });

  it('that waited while the station was offline counts from when it was so, and does not hide what was said since', () => {
    const stream = status(online(), 1, 'Available').disconnected(5).connected(60, 'c2');
    status(stream, 61, 'Available');
    stream.says(62, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Faulted', timestamp: at(20) });
    status(stream, 63, 'Faulted');
    expect(told(stream).slice(1)).toEqual([
      ['1/1', 'Available', at(61), at(61), []],
      ['1/1', 'Faulted', at(20), at(62), []],
      ['1/1', 'Faulted', at(63), at(63), []],
    ]);
  });

  it('of a clock nobody can believe counts from when we heard it, and says so', () => {
    const stream = status(online(), 70, 'Faulted', { timestamp: at(200) });
    expect(told(stream)).toEqual([['1/1', 'Faulted', at(70), at(70), ['clockAhead']]]);
  });

  it('of an older connection, or answered with an error, is none', () => {
    const old = { connectionId: 'c1', generation: { assignmentSeq: 1, offset: 1 } };
    const stream = online().connected(5, 'c2');
    stream.says(6, 'StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'NoError' }, old);
    stream.says(
      7,
      'StatusNotification',
      { connectorId: 1, status: 'Faulted' },
      { answer: { kind: 'error', code: 'GenericError', description: '' } },
    );
    expect(told(stream)).toEqual([]);
  });

  it('on connector 0 of 1.6 is about the station, in 2.x about what it names', () => {
    expect(told(status(online(), 1, 'Unavailable', { connectorId: 0 }))[0]?.[0]).toBe('0/0');
    const newer = new Stream('CP2', 'ocpp2.0.1').configured().connected(0);
    const event = (component: object, actualValue: string) => ({
      component,
      variable: { name: 'AvailabilityState' },
      actualValue,
      timestamp: at(2),
    });
    newer.says(1, 'StatusNotification', { evseId: 2, connectorId: 1, connectorStatus: 'Occupied', timestamp: at(1) });
    newer.says(2, 'NotifyEvent', {
      eventData: [
        event({ name: 'ChargingStation' }, 'Unavailable'),
        event({ name: 'EVSE', evse: { id: 2 } }, 'Faulted'),
        { component: { name: 'Connector' }, variable: { name: 'Temperature' }, actualValue: '60' },
      ],
    });
    expect(told(newer).map(([place, word]) => [place, word])).toEqual([
      ['2/1', 'Occupied'],
      ['0/0', 'Unavailable'],
      ['2/0', 'Faulted'],
    ]);
  });

  it('of several in one message is each a fact, and the last is what is known', () => {
    const stream = new Stream('CP2', 'ocpp2.0.1').configured().connected(0);
    const event = (minute: number, actualValue: string) => ({
      component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
      variable: { name: minute === 2 ? 'availabilitystate' : 'AvailabilityState' },
      actualValue,
      timestamp: at(minute),
    });
    stream.says(1, 'NotifyEvent', { eventData: [event(1, 'Available')] });
    stream.says(4, 'NotifyEvent', { eventData: [event(2, 'Faulted'), event(3, 'Available')] });
    stream.says(5, 'NotifyEvent', { eventData: [event(5, 'Available')] });
    expect(told(stream).map(([, word, since]) => [word, since])).toEqual([
      ['Available', at(1)],
      ['Faulted', at(2)],
      ['Available', at(3)],
    ]);
  });
});

describe('a station', () => {
  it('that is lost is so from what was last heard of it, until it is there again', () => {
    const stream = status(online(), 1, 'Available').disconnected(9).connected(20);
    expect(links(stream)).toEqual([
      ['online', at(0)],
      ['offline', at(1)],
      ['online', at(20)],
    ]);
  });

  it('that nobody missed was lost all the same once it is silent for longer than it may be', () => {
    const boot = (interval: number) =>
      online().says(0, 'BootNotification', {}, { answer: { kind: 'result', payload: { status: 'Accepted', interval } } });
    expect(links(status(boot(60), 30, 'Available'))).toEqual([
      ['online', at(0)],
      ['offline', at(0)],
      ['online', at(30)],
    ]);
    expect(links(status(boot(1200), 30, 'Available'))).toEqual([['online', at(0)]]);
    const silence = rows(status(boot(60), 30, 'Available')).find(({ kind }) => kind === 'offline');
    expect(silence?.grace_ms).toBe(120_000);
  });

  it('gains and loses ports with its configuration', () => {
    const stream = online().configured([evse(2), evse(3)]);
    stream.add('ConfigurationAccepted', 9, { requestId: 'x', version: 2, change: { kind: 'stationRemoved', stationId: 'CP1' } });
    const ports = rows(stream).filter(({ kind }) => kind === 'configured' || kind === 'removed');
    expect(ports.map(({ kind, evse_id }) => [kind, evse_id])).toEqual([
      ['configured', 1],
      ['configured', 2],
      ['removed', 1],
      ['configured', 3],
      ['removed', 0],
    ]);
  });
});

it('keeps every classification of an outage, also those that a later one took the place of', () => {
  const data = { stationId: 'CP1', evseId: 1, outageId: 'CP1-1:1', from: at(0), evidence: 'ticket 7', classifiedBy: 'api:ann' } as const;
  const stream = online()
    .add('OutageClassified', 5, { ...data, cause: 'vandalism', to: at(3) })
    .add('OutageClassified', 6, { ...data, cause: 'counts' });
  expect(rows(stream, 'outage_classifications')).toMatchObject([
    {
      outage_id: 'CP1-1:1',
      cause: 'vandalism',
      from_at: at(0),
      to_at: at(3),
      evidence: 'ticket 7',
      classified_by: 'api:ann',
      classified_at: at(5),
    },
    { outage_id: 'CP1-1:1', cause: 'counts', to_at: null, classified_at: at(6) },
  ]);
});

it('keeps every word about an outage that people declare', () => {
  const data = {
    stationId: 'CP1',
    evseId: 2,
    declarationId: 'stuck',
    from: at(1),
    evidence: 'three drivers',
    declaredBy: 'api:ann',
  } as const;
  const stream = online()
    .add('OutageDeclared', 5, { ...data, cause: 'startsFail' })
    .add('OutageDeclared', 6, { ...data, cause: 'withdrawn', to: at(3) });
  expect(rows(stream, 'outage_declarations')).toMatchObject([
    { declaration_id: 'stuck', evse_id: 2, cause: 'startsFail', from_at: at(1), to_at: null, declared_by: 'api:ann', declared_at: at(5) },
    { declaration_id: 'stuck', cause: 'withdrawn', to_at: at(3), declared_at: at(6) },
  ]);
});
