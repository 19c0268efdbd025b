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
