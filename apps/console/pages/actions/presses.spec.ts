import { beforeEach, expect, it } from '@jest/globals';
import { ApiError } from '../../api/errors.js';
import type { Ask } from '../../api/http-api.js';
import { press, pressAgain, presses, readCommand } from './presses.js';

beforeEach(() => presses.set([]));

const asked = { stationId: 'CP/1', name: 'reset', action: 'Reset', payload: { type: 'Soft' }, atMs: 1 } as const;
/** An api that answers in turn. */
function play(...answers: readonly (object | Error)[]) {
  const rest = [...answers];
  const sent: unknown[][] = [];
  const post: Ask['post'] = async (...call) => {
    sent.push(call);
    const answer = rest.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { ask: { post } as Ask, sent };
}
const stages = () => presses.get().map(({ stage }) => stage);

it('a press that was not answered is asked again under its key, until it is', async () => {
  const { ask, sent } = play(new ApiError(0, 'away'), { commandId: 'c' });
  const key = await press(ask, asked);
  expect(stages()).toEqual([{ kind: 'unheard', reason: 'away' }]);
  for (const each of presses.get()) await pressAgain(ask, each);
  expect(stages()).toEqual([{ kind: 'asked', commandId: 'c' }]);
  const call = ['/v1/stations/CP%2F1/commands', { action: 'Reset', payload: { type: 'Soft' } }, key];
  expect(sent).toEqual([call, call]);
});

it('each press has a key of its own', async () => {
  const { ask } = play({ commandId: 'c' }, { commandId: 'd' });
  expect(await press(ask, asked)).not.toBe(await press(ask, asked));
  expect(presses.get().length).toBe(2);
});

it('what the api refuses was never pressed', async () => {
  const { ask } = play(new ApiError(400, 'no', undefined, [{ path: 'payload/type', message: 'is none' }]));
  await expect(press(ask, asked)).rejects.toMatchObject({ errors: [{ path: 'payload/type' }] });
  expect(stages()).toEqual([]);
});

it('a command tells how far it came, in the words of the station', () => {
  expect(readCommand({ state: 'sent', answer: null, reason: null })).toMatchObject({ state: 'sent', said: '' });
  const rejected = { status: 'Rejected', statusInfo: { reasonCode: 'TxInProgress', additionalInfo: 'a car is there' } };
  expect(readCommand({ state: 'rejected', answer: rejected })).toMatchObject({ said: 'Rejected · TxInProgress · a car is there' });
  const error = { state: 'failed', answer: { code: 'NotSupported', description: 'no' }, reason: 'NotSupported' };
  expect(readCommand(error)).toMatchObject({ state: 'failed', said: 'NotSupported · no' });
  expect(readCommand({ state: 'failed', answer: null, reason: 'NotConnected' })).toMatchObject({ said: 'NotConnected' });
});
