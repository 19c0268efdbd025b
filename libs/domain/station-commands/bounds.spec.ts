// No more in one message than the station says it takes.
import { expect, it } from '@jest/globals';
import { boundFaults, boundsOf } from './index.js';

const said = (variable: string, value: string) => [{ variable, value }];

it('no more items than it takes (B05.FR.11, B06.FR.05, N06.FR.04)', () => {
  expect(boundFaults('SetVariables', { setVariableData: [1, 2] }, said('ItemsPerMessage', '2'))).toEqual([]);
  for (const [action, list, requirement] of [
    ['SetVariables', 'setVariableData', 'B05.FR.11'],
    ['GetVariables', 'getVariableData', 'B06.FR.05'],
    ['ClearVariableMonitoring', 'id', 'N06.FR.04'],
  ] as const)
    expect(boundFaults(action, { [list]: [1, 2, 3] }, said('itemspermessage', '2'))).toEqual([
      { path: `/${list}`, message: expect.stringContaining(requirement) },
    ]);
});
it('no more bytes than it takes', () => {
  const payload = { id: [100, 200] };
  const length = JSON.stringify(payload).length;
  expect(boundFaults('ClearVariableMonitoring', payload, said('BytesPerMessage', String(length)))).toEqual([]);
  expect(boundFaults('ClearVariableMonitoring', payload, said('BytesPerMessage', String(length - 1)))).toHaveLength(1);
});
it('anything where it has not said, and of what is not bounded', () => {
  expect(boundFaults('GetVariables', { getVariableData: [1, 2, 3] }, [])).toEqual([]);
  expect(boundFaults('Reset', {}, said('ItemsPerMessage', '1'))).toEqual([]);
  expect(boundsOf('Reset')).toBeUndefined();
});
