// Wanted settings beside told ones, and the messages that repair what differs, within what a station takes at once.
import { describe, expect, it } from '@jest/globals';
import { differences, limitsOf, type Setting, settingMessages, type ToldVariable, wantedOf } from './index.js';

const setting = (variable: string, value: string, more: Partial<Setting> = {}): Setting => ({
  component: 'OCPPCommCtrlr',
  componentInstance: '',
  evseId: 0,
  connectorId: 0,
  variable,
  variableInstance: '',
  attribute: 'Actual',
  value,
  ...more,
});
const told = (variable: string, value: string | null, more: Partial<ToldVariable> = {}): ToldVariable => ({
  ...setting(variable, ''),
  mutability: 'ReadWrite',
  value,
  ...more,
});
const station = { vendor: 'Acme', model: 'X1', firmwareVersion: '1.2', ocppVersion: 'ocpp2.0.1' };

describe('what a station is wanted to be set to', () => {
  it('is said by templates for it, the narrower one first', () => {
    const templates = [
      { templateId: 'model', appliesTo: { vendor: 'ACME', model: 'x1' }, settings: [setting('HeartbeatInterval', '60')] },
      { templateId: 'all', appliesTo: {}, settings: [setting('HeartbeatInterval', '300'), setting('MessageTimeout', '30')] },
      { templateId: 'others', appliesTo: { model: 'Y' }, settings: [setting('HeartbeatInterval', '1')] },
    ];
    expect(wantedOf(templates, station).map(({ wanted: { variable, value }, templateId }) => [variable, value, templateId])).toEqual([
      ['HeartbeatInterval', '60', 'model'],
      ['MessageTimeout', '30', 'all'],
    ]);
  });
});

describe('what differs', () => {
  const state = (value: string, is: ToldVariable | undefined) =>
    differences([{ wanted: setting('V', value), templateId: 't' }], is === undefined ? [] : [is])[0]?.state;
  it('is compared as the station writes it', () => {
    expect(state('300', told('v', '300.0'))).toBe('equal');
    expect(state('true', told('V', 'True'))).toBe('equal');
    expect(state('a,b', told('V', 'b, A'))).toBe('equal');
    expect(state('300', told('V', '60'))).toBe('differs');
    expect(state('', told('V', '0'))).toBe('differs');
  });
  it('is the order of a list too, where OCPP or the station says that it is one with an order', () => {
    const of = (variable: string, dataType?: string) =>
      differences([{ wanted: setting(variable, '2,1'), templateId: 't' }], [told(variable, '1, 2', dataType ? { dataType } : {})])[0]
        ?.state;
    expect([of('NetworkConfigurationPriority'), of('timesource'), of('V', 'SequenceList')]).toEqual(['differs', 'differs', 'differs']);
    expect([of('V'), of('V', 'MemberList')]).toEqual(['equal', 'equal']);
    expect(state('NTP,GPS', told('V', 'ntp, gps', { dataType: 'SequenceList' }))).toBe('equal');
  });
  it('may be unknown, fixed, hidden, or true after a start only', () => {
    expect(state('1', undefined)).toBe('notTold');
    expect(state('1', told('V', '2', { mutability: 'ReadOnly' }))).toBe('readOnly');
    expect(state('1', told('V', null, { mutability: 'WriteOnly', setStatus: 'Accepted' }))).toBe('hidden');
    expect(state('1', told('V', null, { mutability: 'WriteOnly' }))).toBe('notTold');
    expect(state('1', told('V', '2', { setStatus: 'RebootRequired' }))).toBe('afterReboot');
  });
});

describe('messages that set', () => {
  const limit = (variable: string, value: string): ToldVariable =>
    told(variable, value, { component: 'DeviceDataCtrlr', variableInstance: 'SetVariables' });
  const all = ['A', 'B', 'C', 'D', 'E'].map((name) => setting(name, '1'));
  const sizes = (known: readonly ToldVariable[]) =>
    settingMessages('ocpp2.0.1', 'set', all, known).map(({ payload }) => (payload.setVariableData as unknown[]).length);
  it('hold no more items than the station takes, one where it has not said (B05.FR.11)', () => {
    expect(sizes([])).toEqual([1, 1, 1, 1, 1]);
    expect(sizes([limit('ItemsPerMessage', '2')])).toEqual([2, 2, 1]);
    expect(sizes([limit('itemspermessage', '100')])).toEqual([5]);
    expect(limitsOf('GetVariables', [limit('ItemsPerMessage', '2')]).items).toBe(1);
  });
  it('are no longer than the station takes', () => {
    const known = [limit('ItemsPerMessage', '100'), limit('BytesPerMessage', '300')];
    const messages = settingMessages('ocpp2.0.1', 'set', all, known);
    expect(messages.length).toBeGreaterThan(1);
    for (const { payload } of messages) expect(JSON.stringify(payload).length).toBeLessThanOrEqual(300);
    expect(messages.flatMap(({ payload }) => payload.setVariableData)).toHaveLength(5);
  });
  it('name instances, EVSEs and attributes where they are not the plain ones', () =>
    expect(settingMessages('ocpp2.1', 'set', [setting('V', '7', { evseId: 2, variableInstance: 'i', attribute: 'Target' })], [])).toEqual([
      {
        action: 'SetVariables',
        payload: {
          setVariableData: [
            {
              component: { name: 'OCPPCommCtrlr', evse: { id: 2 } },
              variable: { name: 'V', instance: 'i' },
              attributeType: 'Target',
              attributeValue: '7',
            },
          ],
        },
      },
    ]));
  it('are one per key in 1.6', () => {
    const keys = [setting('HeartbeatInterval', '60', { component: '' }), setting('ConnectionTimeOut', '30', { component: '' })];
    expect(settingMessages('ocpp1.6', 'set', keys, [])).toEqual([
      { action: 'ChangeConfiguration', payload: { key: 'HeartbeatInterval', value: '60' } },
      { action: 'ChangeConfiguration', payload: { key: 'ConnectionTimeOut', value: '30' } },
    ]);
    expect(settingMessages('ocpp1.6', 'get', keys, [])).toEqual([
      { action: 'GetConfiguration', payload: { key: ['HeartbeatInterval', 'ConnectionTimeOut'] } },
    ]);
    const most = (value: string) => [told('GetConfigurationMaxKeys', value, { component: '' })];
    expect(settingMessages('ocpp1.6', 'get', keys, most('1')).map(({ payload }) => payload)).toEqual([
      { key: ['HeartbeatInterval'] },
      { key: ['ConnectionTimeOut'] },
    ]);
    expect([most('2'), most('0'), most('many')].map((known) => settingMessages('ocpp1.6', 'get', keys, known).length)).toEqual([1, 1, 1]);
  });
});
