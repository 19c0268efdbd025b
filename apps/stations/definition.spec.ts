// What reaches the parts of the stations service, and what is passed by before anybody looks into it.
import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '#ports';
import { stationsDefinition } from './definition.js';
import { PARTS } from './parts.js';
import { StationStream } from './stream.fixture.js';

const passes = (stream: StationStream): boolean => {
  const record = stream.logged().at(-1) as LogRecord;
  return stationsDefinition.passesBy?.(record) === true;
};
const ready = (): StationStream => StationStream.ready();

describe('the stations service', () => {
  it('reads what some part names', () => {
    expect(passes(ready())).toBe(false);
    expect(passes(ready().says(1, 'BootNotification', {}))).toBe(false);
    expect(passes(ready().says(1, 'NotifyReport', {}))).toBe(false);
    expect(passes(ready().asked(1, 'x', 'GetVariables', {}))).toBe(false);
    expect(passes(ready().answered(1, 'x', {}))).toBe(false);
  });
  it('passes by what none does, and deadlines of others', () => {
    expect(passes(ready().says(1, 'MeterValues', {}))).toBe(true);
    expect(passes(ready().asked(1, 'x', 'SetChargingProfile', {}))).toBe(true);
    expect(passes(ready().add('SiteTaken', 1, { ownerId: 'o' }))).toBe(true);
    expect(passes(ready().add('TimeReached', 1, { service: 'session', deadlineId: 'd', due: 'now' }))).toBe(true);
  });
  it('is not misled by a station that writes an action into a text or an object of its own', () => {
    expect(passes(ready().says(1, 'NotifyReport', { action: 'MeterValues' }, { messageId: '"action":"MeterValues"' }))).toBe(false);
    expect(passes(ready().says(1, 'MeterValues', { action: 'NotifyReport' }))).toBe(true);
  });
  it('passes by exactly the calls that have no aggregate', () => {
    for (const action of ['MeterValues', 'NotifyReport', 'BootNotification', 'TransactionEvent']) {
      const stream = ready().says(1, action, {});
      const { value } = stream.logged().at(-1) as LogRecord;
      const input = { type: 'CallReceived', tenantId: 'default', siteId: 'depot', stationId: 'CP1', data: JSON.parse(value) };
      const aggregate = stationsDefinition.fold.aggregateOf(input as never);
      expect({ action, isPassed: passes(stream) }).toEqual({ action, isPassed: aggregate === undefined });
    }
  });
  it('has parts with names of their own', () => expect(new Set(PARTS.map(({ name }) => name)).size).toBe(PARTS.length));
  it.each([4, 4.99])(
    'hears a station on its connection whose earlier attempt at one, of minute %d, reached the log afterwards',
    (minute) => {
      const earlier = { connectionId: 'c3', edgeId: 'e', assignmentSeq: 1, ocppVersion: 'ocpp2.0.1', securityProfile: 1 } as const;
      const stream = ready().connected(5, 'c2').add('StationConnected', minute, earlier).boots(6, '1');
      stream.asked(7, 'u', 'UpdateFirmware', { requestId: 4 }).answered(7, 'u', { status: 'Accepted' }).boots(9, '2');
      expect(stream.rows('device_transfers').at(-1)).toMatchObject({ status: 'Installed', detail: '2' });
    },
  );
  it('forgets what it asked when the station has answered, and waits for a late answer when it has not', () => {
    const answered = ready().asked(1, 'x', 'GetVariables', {}).unanswered(2, 'x');
    answered.answered(3, 'x', {
      getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '7', component: { name: 'C' }, variable: { name: 'V' } }],
    });
    expect(answered.rows('device_variables')).toMatchObject([{ component: 'C', variable: 'V', value: '7' }]);
    const twice = answered.answered(4, 'x', {
      getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '8', component: { name: 'C' }, variable: { name: 'V' } }],
    });
    expect(twice.rows('device_variables')).toHaveLength(1);
  });
  it('hears every answer to as many settings as one request makes, and forgets the oldest of those nobody answered', () => {
    const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `c${index}`);
    const set = StationStream.ready('ocpp1.6');
    for (const id of ids(150)) set.asked(1, id, 'ChangeConfiguration', { key: id, value: '1' });
    for (const id of ids(150)) set.answered(2, id, { status: 'Accepted' });
    expect(set.rows('device_variables')).toHaveLength(150);
    const silent = StationStream.ready('ocpp1.6');
    for (const id of ids(80)) silent.asked(1, id, 'ChangeConfiguration', { key: id, value: '1' }).unanswered(2, id);
    for (const id of ['c0', 'c79']) silent.answered(3, id, { status: 'Accepted' });
    expect(silent.rows('device_variables').map(({ variable }) => variable)).toEqual(['c79']);
  });
});
