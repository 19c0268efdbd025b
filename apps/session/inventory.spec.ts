// A station is asked for its inventory at first contact, once; what it reports becomes rows, in parts that may come in any order.
import { describe, expect, it } from '@jest/globals';
import type { CommandRequested } from '#contracts';
import { foldBatch, type PartitionMemory } from '#service';
import { sessionDefinition } from './definition.js';
import { Stream } from './records.fixture.js';
import type { SessionServiceState, SiteState } from './state.js';

const nothing: PartitionMemory<SessionServiceState> = {
  ref: { topic: 'site-events', partition: 0 },
  next: 0,
  seen: {},
  states: new Map(),
  recorded: new Map(),
};
const fold = (stream: Stream) => foldBatch(sessionDefinition, nothing, stream.logged());
const asked = (stream: Stream): readonly CommandRequested[] =>
  fold(stream)
    .outbox.filter(({ record }) => record.headers.ce_type === 'CommandRequested')
    .map(({ record }) => JSON.parse(record.value));
const inventory = (stream: Stream) => {
  const [state] = fold(stream).changed.values() as Iterable<SiteState>;
  return Object.values(state?.shards ?? {}).flatMap((shard) => Object.values(shard))[0]?.inventory;
};
const variables = (stream: Stream): readonly Record<string, unknown>[] =>
  fold(stream)
    .rows.filter(({ table }) => table.name === 'station_variables')
    .map(({ row }) => row);

const accepted = { answer: { kind: 'result', payload: { status: 'Accepted' } } } as const;
const boots = (stream: Stream, minute: number, firmwareVersion = '1', status = 'Accepted'): Stream =>
  stream.says(
    minute,
    'BootNotification',
    stream.version === 'ocpp1.6'
      ? { firmwareVersion }
      : { reason: 'PowerUp', chargingStation: { model: 'M', vendorName: 'V', firmwareVersion } },
    { answer: { kind: 'result', payload: { status } } },
  );
const first = (version: 'ocpp1.6' | 'ocpp2.0.1' = 'ocpp2.0.1'): Stream => boots(new Stream('CP1', version).configured().connected(0), 1);

const answered = (stream: Stream, minute: number, commandId: string, payload: object): Stream =>
  stream.add('CommandAnswered', minute, {
    commandId,
    connectionId: 'c1',
    generation: { assignmentSeq: 1, offset: 1 },
    payload,
    violations: [],
  });
const part = (stream: Stream, requestId: number, seqNo: number, tbc: boolean, name = `V${seqNo}`): Stream =>
  stream.says(
    2,
    'NotifyReport',
    {
      requestId,
      seqNo,
      tbc,
      generatedAt: 'now',
      reportData: [
        {
          component: { name: 'EVSE', evse: { id: 1 } },
          variable: { name },
          variableAttribute: [{ value: String(seqNo) }, { type: 'Target', value: 'x', mutability: 'ReadOnly' }],
          variableCharacteristics: { dataType: 'integer', unit: 'W', supportsMonitoring: false },
        },
      ],
    },
    accepted,
  );

describe('a station that is accepted for the first time', () => {
  it('is asked for its full inventory in 2.0.1 and for its configuration in 1.6', () => {
    expect(asked(first())).toMatchObject([
      {
        action: 'GetBaseReport',
        stationId: 'CP1',
        requestedBy: 'session:inventory',
        payload: { reportBase: 'FullInventory', requestId: 2 },
      },
    ]);
    expect(asked(first('ocpp1.6'))).toMatchObject([{ action: 'GetConfiguration', payload: {} }]);
  });
  it('is asked once, not at every boot, and again after an update', () => {
    const stream = boots(boots(first(), 5), 10);
    expect(asked(stream)).toHaveLength(1);
    expect(asked(boots(stream, 20, '2'))).toHaveLength(2);
  });
  it('is not asked while it is not accepted, nor when nobody configured it', () => {
    expect(asked(boots(new Stream('CP1', 'ocpp2.0.1').configured().connected(0), 1, '1', 'Pending'))).toEqual([]);
    expect(asked(boots(new Stream('CP1', 'ocpp2.0.1').connected(0), 1))).toEqual([]);
  });
  it('is asked again at a later boot when the answer was lost, and never again when it said no', () => {
    const lost = first();
    const [command] = asked(lost);
    const commandId = command?.commandId ?? '';
    lost.add('CommandRefused', 2, { commandId, reason: 'NotConnected' });
    expect(asked(boots(lost, 30))).toHaveLength(1);
    expect(asked(boots(lost, 90))).toHaveLength(2);
    const refusing = answered(first('ocpp2.0.1'), 2, commandId, { status: 'NotSupported' });
    expect(inventory(refusing)).toMatchObject({ state: 'unsupported' });
    expect(asked(boots(refusing, 90))).toHaveLength(1);
  });
});

describe('what it reports', () => {
  it('is complete with its last part, whatever the order and however often parts come', () => {
    const stream = first();
    part(part(stream, 2, 1, true), 2, 2, false);
    part(stream, 2, 1, true);
    expect(inventory(stream)).toMatchObject({ state: 'asked', parts: [1, 2], partCount: 3 });
    expect(inventory(part(stream, 2, 0, true))).toMatchObject({ state: 'complete', parts: [] });
  });
  it('of another request completes nothing and is kept all the same', () => {
    const stream = part(first(), 77, 0, false);
    expect(inventory(stream)).toMatchObject({ state: 'asked', parts: [] });
    expect(variables(stream)).toHaveLength(2);
  });
  it('becomes a row for each attribute of each variable', () =>
    expect(variables(part(first(), 2, 0, false, 'Power'))).toMatchObject([
      {
        component: 'EVSE',
        evse_id: 1,
        connector_id: 0,
        variable: 'Power',
        attribute: 'Actual',
        value: '0',
        unit: 'W',
        mutability: 'ReadWrite',
      },
      { variable: 'Power', attribute: 'Target', value: 'x', mutability: 'ReadOnly' },
    ]));
  it('is one answer in 1.6', () => {
    const stream = first('ocpp1.6');
    answered(stream, 2, asked(stream)[0]?.commandId ?? '', {
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'NumberOfConnectors', readonly: true },
      ],
    });
    expect(inventory(stream)).toMatchObject({ state: 'complete' });
    expect(variables(stream)).toMatchObject([
      { component: '', variable: 'HeartbeatInterval', value: '300', mutability: 'ReadWrite' },
      { component: '', variable: 'NumberOfConnectors', value: null, mutability: 'ReadOnly' },
    ]);
  });
});
