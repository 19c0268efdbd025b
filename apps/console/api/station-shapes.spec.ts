// What the api tells of a station, read for its page: quirks of three sources, and messages nobody's name is in.
import { describe, expect, it } from '@jest/globals';
import { readIdentity, readMessage, readQuirks, readVariable } from './station-shapes.js';

describe('a station', () => {
  it('is what it says, as far as it said anything', () => {
    expect(readIdentity({ vendor: 'V', bootStatus: 'Accepted', bootAnswer: 'Pending', config: { securityProfile: 2 } })).toEqual({
      vendor: 'V',
      model: null,
      firmwareVersion: null,
      bootStatus: 'Pending',
      securityProfile: 2,
    });
    expect(readIdentity({})).toMatchObject({ vendor: null, securityProfile: null, bootStatus: null });
  });

  it('has quirks its model is known for, with what is done about them, and those that were seen', () => {
    const quirks = readQuirks({
      model: [{ quirk: 'kwhAsWh', does: 'says Wh and means kWh', corrections: { factor: 1000, isSigned: true } }],
      messages: [{ quirk: 'lateMeter', times: 3, lastAt: '2026-11-01T12:00:00Z' }],
      sessions: [],
    });
    expect(quirks.map(({ quirk, from, corrections, times }) => [quirk, from, corrections, times])).toEqual([
      ['kwhAsWh', 'model', 'factor: 1000, isSigned', null],
      ['lateMeter', 'messages', null, 3],
    ]);
  });

  it('has variables with an attribute each', () => {
    expect(readVariable({ component: null, variable: { name: 'K' }, attribute: 'Actual', value: '', mutability: 'ReadOnly' })).toEqual({
      name: 'K',
      attribute: 'Actual',
      value: null,
      mutability: 'ReadOnly',
    });
  });
});

describe('a message', () => {
  it('is shown with its answer and what is wrong with it, and without what is sealed', () => {
    const message = readMessage({
      eventId: 'e',
      type: 'CallReceived',
      direction: 'received',
      action: 'Authorize',
      at: '2026-11-01T12:00:00Z',
      payload: { idTag: 'sealed:v1:abc:def' },
      answer: { kind: 'result', payload: { idTagInfo: { status: 'Accepted' } } },
      violations: [{ path: '/idTag', message: 'too long' }],
      flags: ['schema'],
    });
    expect(message.remarks).toEqual(['/idTag too long', 'schema']);
    expect(message.text).toContain('"idTag": "•••"');
    expect(message.text).toContain('Accepted');
    expect(message.text).not.toContain('abc');
  });

  it('has what was answered, or why nothing was', () => {
    const status = (type: string, payload: object) => readMessage({ type, direction: 'answer', action: 'Reset', payload }).status;
    expect(status('CommandAnswered', { payload: { status: 'Rejected' }, violations: [] })).toBe('Rejected');
    expect(status('CommandRefused', { reason: 'NotConnected' })).toBe('NotConnected');
    expect(status('CommandErrored', { code: 'NotSupported', description: '' })).toBe('NotSupported');
    expect(status('CommandSent', {})).toBeNull();
  });

  it('nobody could read is shown as it was kept', () => {
    expect(readMessage({ direction: 'received', payload: '[2,"***"', reason: 'unreadable: no JSON' })).toMatchObject({
      action: null,
      text: '[2,"***"',
      remarks: ['unreadable: no JSON'],
    });
  });
});
