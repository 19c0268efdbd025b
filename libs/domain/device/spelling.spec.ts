// Names of variables in the letters of the station they are sent to.
import { describe, expect, it } from '@jest/globals';
import { spelledAsTold, variablesIn } from './spelling.js';

const told = [
  { component: '', componentInstance: '', variable: 'HeartbeatInterval', variableInstance: '' },
  { component: 'OCPPCommCtrlr', componentInstance: '', variable: 'RetryBackOff', variableInstance: '' },
  { component: 'DeviceDataCtrlr', componentInstance: '', variable: 'ItemsPerMessage', variableInstance: 'GetReport' },
];
const item = (component: string, variable: string, instance?: string) => ({
  component: { name: component },
  variable: { name: variable, ...(instance !== undefined && { instance }) },
});

describe('a message about variables', () => {
  it('names them as the station does, and what it has not told as it was asked', () => {
    const setVariableData = [
      { ...item('ocppcommctrlr', 'RETRYBACKOFF'), attributeValue: '5' },
      item('devicedatactrlr', 'itemspermessage', 'getreport'),
      item('DeviceDataCtrlr', 'itemspermessage'),
    ];
    expect(spelledAsTold('SetVariables', { setVariableData }, told)).toEqual({
      setVariableData: [
        { ...item('OCPPCommCtrlr', 'RetryBackOff'), attributeValue: '5' },
        item('DeviceDataCtrlr', 'ItemsPerMessage', 'GetReport'),
        item('DeviceDataCtrlr', 'itemspermessage'),
      ],
    });
    expect(variablesIn('SetVariables', { setVariableData })).toEqual(['retrybackoff', 'itemspermessage', 'itemspermessage']);
  });
  it('names keys of 1.6, one or several', () => {
    expect(spelledAsTold('ChangeConfiguration', { key: 'heartbeatinterval', value: '9' }, told)).toEqual({
      key: 'HeartbeatInterval',
      value: '9',
    });
    expect(spelledAsTold('GetConfiguration', { key: ['Other', 'heartbeatINTERVAL'] }, told)).toEqual({
      key: ['Other', 'HeartbeatInterval'],
    });
  });
  it('stays as it is where it names none, whatever it holds', () => {
    for (const [action, payload] of [
      ['GetConfiguration', {}],
      ['DataTransfer', { key: 'heartbeatinterval' }],
    ] as const) {
      expect(spelledAsTold(action, payload, told)).toBe(payload);
      expect(variablesIn(action, payload)).toEqual([]);
    }
    expect(spelledAsTold('SetVariables', { setVariableData: [null, 7] }, told)).toEqual({ setVariableData: [null, 7] });
  });
});
