// A station is asked for its inventory at first contact, once; what it reports becomes rows, in parts that may come in any order.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';
import { type DeviceModel, deviceModel } from './part.js';

const inventory = (stream: StationStream) => stream.state<DeviceModel>(deviceModel).inventory;
const first = (version: 'ocpp1.6' | 'ocpp2.0.1' = 'ocpp2.0.1'): StationStream => StationStream.ready(version).boots(1);

/** The first contact with the command read back. */
function asked(version: 'ocpp1.6' | 'ocpp2.0.1' = 'ocpp2.0.1'): { readonly stream: StationStream; readonly commandId: string } {
  const stream = first(version);
  const [command] = stream.commands();
  if (command === undefined) throw new Error('nothing is asked');
  return { stream: stream.askedAs(1, command), commandId: command.commandId };
}

const part = (stream: StationStream, requestId: number, seqNo: number, tbc: boolean, name = `V${seqNo}`): StationStream =>
  stream.says(2, 'NotifyReport', {
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
  });

describe('a station that is accepted for the first time', () => {
  it('is asked for its full inventory in 2.0.1 and for its configuration in 1.6', () => {
    expect(first().commands()).toMatchObject([
      {
        action: 'GetBaseReport',
        stationId: 'CP1',
        requestedBy: 'stations:device-model',
        payload: { reportBase: 'FullInventory', requestId: 2 },
      },
    ]);
    expect(first('ocpp1.6').commands()).toMatchObject([{ action: 'GetConfiguration', payload: {} }]);
  });
  it('is asked once, not at every boot, and again after an update', () => {
    const stream = first().boots(5).boots(10);
    expect(stream.commands()).toHaveLength(1);
    expect(stream.boots(20, '2').commands()).toHaveLength(2);
  });
  it('is not asked where it does not bear that, as its model is known for or its configuration says', () => {
    const abb = { chargePointVendor: 'ABB', chargePointModel: 'Terra AC W22', firmwareVersion: '1.6.6' };
    const accepted = { answer: { kind: 'result', payload: { status: 'Accepted' } } } as const;
    const boots = (stream: StationStream, boot: object) => stream.says(1, 'BootNotification', boot, accepted).commands();
    const setTo = (inquiries: 'usual' | 'none'): StationStream => {
      const stream = StationStream.ready('ocpp1.6');
      const config = { stationId: 'CP1', siteId: stream.siteId, nodeId: 'main', securityProfile: 1, evses: [], inquiries } as const;
      return stream.add('ConfigurationAccepted', 0, { requestId: 'r', version: 2, change: { kind: 'station', config, assignmentSeq: 1 } });
    };
    expect(boots(StationStream.ready('ocpp1.6'), abb)).toEqual([]);
    expect(setTo('none').boots(1).commands()).toEqual([]);
    expect(boots(setTo('usual'), abb)).toMatchObject([{ action: 'GetConfiguration' }]);
  });
  it('is not asked while it is not accepted, nor when nobody configured it, nor over a connection that was replaced', () => {
    expect(StationStream.ready().boots(1, '1', 'Pending').commands()).toEqual([]);
    expect(new StationStream('CP1', 'ocpp2.0.1').connected(0).boots(1).commands()).toEqual([]);
    const replaced = StationStream.ready();
    const boot = { reason: 'PowerUp', chargingStation: { model: 'M', vendorName: 'V' } };
    const old = { connectionId: 'c0', generation: { assignmentSeq: 1, offset: 0 } };
    expect(
      replaced.says(1, 'BootNotification', boot, { ...old, answer: { kind: 'result', payload: { status: 'Accepted' } } }).commands(),
    ).toEqual([]);
  });
  it('is asked again at a later boot when the answer was lost, and never again when it said no', () => {
    const { stream, commandId } = asked();
    stream.refused(2, commandId);
    expect(stream.boots(30).commands()).toHaveLength(1);
    expect(stream.boots(90).commands()).toHaveLength(2);
    const refusing = asked();
    refusing.stream.answered(2, refusing.commandId, { status: 'NotSupported' });
    expect(inventory(refusing.stream)).toMatchObject({ state: 'unsupported' });
    expect(refusing.stream.boots(90).commands()).toHaveLength(1);
  });
});

describe('a report of which parts do not come', () => {
  it('is asked for again ten minutes after the last one, twice, and then at a later boot', () => {
    const { stream, commandId } = asked();
    stream.answered(1, commandId, { status: 'Accepted' });
    part(part(stream, 2, 0, true), 2, 2, false);
    expect(stream.nextDue().dueMs).toBe(Date.parse(at(12)));
    for (const minute of [12, 22]) stream.askedAs(minute, stream.due(minute).commands().at(-1) as never);
    expect(stream.commands().map(({ action }) => action)).toEqual(['GetBaseReport', 'GetBaseReport', 'GetBaseReport']);
    expect(inventory(stream)).toMatchObject({ state: 'asked', parts: [], again: 2 });
    stream.due(32);
    expect(stream.commands()).toHaveLength(3);
    expect(inventory(stream)).toMatchObject({ state: 'lost' });
    expect(stream.rows('device_reports').at(-1)).toMatchObject({ state: 'lost' });
    expect(stream.boots(120).commands()).toHaveLength(4);
  });
  it('is not asked for while the station is away, and no more once it is complete', () => {
    const away = asked().stream.disconnected(2).due(12);
    expect([away.commands().length, inventory(away)?.state]).toEqual([1, 'lost']);
    expect(() => part(asked().stream, 2, 0, false).nextDue()).toThrow('nothing is waited for');
  });
});

describe('what it reports', () => {
  it('is complete with its last part, whatever the order and however often parts come', () => {
    const { stream } = asked();
    part(part(stream, 2, 1, true), 2, 2, false);
    part(stream, 2, 1, true);
    expect(inventory(stream)).toMatchObject({ state: 'asked', parts: [1, 2], partCount: 3 });
    expect(inventory(part(stream, 2, 0, true))).toMatchObject({ state: 'complete', parts: [] });
    expect(stream.rows('device_reports').at(-1)).toMatchObject({ station_id: 'CP1', state: 'complete' });
  });
  it('of another request completes nothing and is kept all the same', () => {
    const stream = part(first(), 77, 0, false);
    expect(inventory(stream)).toMatchObject({ state: 'asked', parts: [] });
    expect(stream.rows('device_variables')).toHaveLength(2);
  });
  it('becomes a row for each attribute of each variable', () =>
    expect(part(first(), 2, 0, false, 'Power').rows('device_variables')).toMatchObject([
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
    const { stream, commandId } = asked('ocpp1.6');
    stream.answered(2, commandId, {
      configurationKey: [
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
        { key: 'NumberOfConnectors', readonly: true },
      ],
    });
    expect(inventory(stream)).toMatchObject({ state: 'complete' });
    expect(stream.rows('device_variables')).toMatchObject([
      { component: '', variable: 'HeartbeatInterval', value: '300', mutability: 'ReadWrite' },
      { component: '', variable: 'NumberOfConnectors', value: null, mutability: 'ReadOnly' },
    ]);
  });
});
