// Setting variables as rows, reports somebody asked for, and what a site's stations are wanted to be set to.
import { describe, expect, it } from '@jest/globals';
import { at, StationStream } from '../stream.fixture.js';

const item = (name: string, value: string) => ({ component: { name: 'C' }, variable: { name }, attributeValue: value });
const result = (name: string, attributeStatus: string) => ({ component: { name: 'C' }, variable: { name }, attributeStatus });

describe('setting a variable', () => {
  it('leaves its value where it was taken, and how it was answered everywhere', () => {
    const stream = StationStream.ready()
      .asked(1, 's', 'SetVariables', { setVariableData: [item('A', '1'), item('B', '2'), item('D', '3')] })
      .answered(1, 's', { setVariableResult: [result('B', 'RebootRequired'), result('A', 'Accepted'), result('D', 'Rejected')] });
    expect(stream.rows('device_variables')).toMatchObject([
      { variable: 'B', set_status: 'RebootRequired', set_value: '2', set_at: at(1) },
      { variable: 'A', set_status: 'Accepted', value: '1', reported_at: at(1) },
      { variable: 'D', set_status: 'Rejected' },
    ]);
    expect(stream.rows('device_variables').filter(({ value }) => value !== undefined)).toHaveLength(1);
  });
  it('of 1.6 is a key', () => {
    const stream = StationStream.ready('ocpp1.6')
      .asked(1, 's', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '60' })
      .answered(1, 's', { status: 'Accepted' });
    expect(stream.rows('device_variables')).toMatchObject([
      { component: '', variable: 'HeartbeatInterval', value: '60', set_status: 'Accepted' },
    ]);
  });
  it('that nobody answered leaves nothing', () =>
    expect(
      StationStream.ready('ocpp1.6')
        .asked(1, 's', 'ChangeConfiguration', { key: 'K', value: '1' })
        .refused(1, 's')
        .rows('device_variables'),
    ).toEqual([]));
});

describe('a setting that needs a restart', () => {
  const asks = (stream: StationStream) =>
    stream.commands().flatMap(({ action, payload, requestedBy }) => (requestedBy === 'stations:after-reboot' ? [[action, payload]] : []));
  const variable = (name: string) => ({ component: { name: 'C' }, variable: { name } });
  const set = (): StationStream =>
    StationStream.ready()
      .asked(1, 's', 'SetVariables', { setVariableData: [item('A', '1'), item('B', '2')] })
      .answered(1, 's', { setVariableResult: [result('A', 'Accepted'), result('B', 'RebootRequired')] });
  const answer = (stream: StationStream, minute: number, attributeValue: string): StationStream => {
    const command = stream.commands().findLast(({ requestedBy }) => requestedBy === 'stations:after-reboot');
    return stream
      .askedAs(minute, command as never)
      .answered(minute, command?.commandId ?? '', { getVariableResult: [{ ...result('B', 'Accepted'), attributeValue }] });
  };
  const question = ['GetVariables', { getVariableData: [variable('B')] }];
  it('is asked for after that, and shown as it is then', () => {
    const stream = set();
    expect(asks(stream.says(2, 'BootNotification', { reason: 'Triggered', chargingStation: {} }))).toEqual([]);
    expect(asks(stream.boots(3))).toEqual([question]);
    expect(answer(stream, 3, '2').rows('device_variables').at(-1)).toMatchObject({ variable: 'B', value: '2', reported_at: at(3) });
    expect(asks(stream.boots(5))).toEqual([question]);
  });
  it('is asked for again where it is not so yet, and not for ever', () => {
    const stream = set();
    for (const minute of [3, 5, 7, 9]) answer(stream.boots(minute), minute, '0');
    expect(asks(stream)).toEqual([question, question, question]);
  });
  it('is not waited for once it was set anew, and is a key in 1.6', () => {
    const again = set()
      .asked(2, 't', 'SetVariables', { setVariableData: [item('B', '3')] })
      .answered(2, 't', { setVariableResult: [result('B', 'Accepted')] });
    expect(asks(again.boots(3))).toEqual([]);
    const v16 = StationStream.ready('ocpp1.6')
      .asked(1, 's', 'ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'true' })
      .answered(1, 's', { status: 'RebootRequired' });
    expect(asks(v16.boots(3))).toEqual([['GetConfiguration', { key: ['LocalAuthListEnabled'] }]]);
  });
  it('is not asked for where it is a secret, or the station is asked nothing', () => {
    const secret = StationStream.ready('ocpp1.6')
      .asked(1, 's', 'ChangeConfiguration', { key: 'AuthorizationKey', value: 'sealed:v1:x:y' })
      .answered(1, 's', { status: 'RebootRequired' });
    expect(asks(secret.boots(3))).toEqual([]);
  });
});

describe('a report somebody asked for', () => {
  const asked = (): StationStream => StationStream.ready().asked(1, 'r', 'GetReport', { requestId: 9 });
  const part = (stream: StationStream, seqNo: number, tbc: boolean) =>
    stream.says(2, 'NotifyReport', { requestId: 9, seqNo, tbc, generatedAt: at(2), reportData: [] });
  const last = (stream: StationStream) => stream.rows('device_report_requests').at(-1);
  it('is complete with all its parts', () => {
    const stream = asked().answered(1, 'r', { status: 'Accepted' });
    part(stream, 1, false);
    expect(last(stream)).toMatchObject({ request_id: 9, state: 'asked', parts: 1 });
    expect(last(part(stream, 0, true))).toMatchObject({ state: 'complete' });
  });
  it('is empty, refused or lost as it was answered', () => {
    expect(last(asked().answered(1, 'r', { status: 'EmptyResultSet' }))).toMatchObject({ state: 'empty' });
    expect(last(asked().answered(1, 'r', { status: 'NotSupported' }))).toMatchObject({ state: 'refused' });
    expect(last(asked().unanswered(1, 'r'))).toMatchObject({ state: 'lost' });
  });
});

describe('what stations of a site are wanted to be set to', () => {
  it('is kept under its id until it is withdrawn', () => {
    const wanted = (settings: { variable: { name: string }; value: string }[]) => ({
      templateId: 't',
      appliesTo: { model: 'X' },
      settings,
      requestedBy: 'api:ann',
    });
    const stream = StationStream.ready()
      .add('DeviceSettingsWanted', 1, wanted([{ variable: { name: 'HeartbeatInterval' }, value: '60' }]), '')
      .add('DeviceSettingsWanted', 2, wanted([]), '');
    expect(stream.rows('device_templates')).toMatchObject([
      { site_id: 'depot', template_id: 't', withdrawn: false, applies_to: { model: 'X' } },
      { template_id: 't', withdrawn: true },
    ]);
  });
});
