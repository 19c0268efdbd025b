// Attack 9: malformed JSON, wrong types, unsolicited answers, ids and actions that would break a log line. Each gets what the protocol says, nothing crashes.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import { EdgeWorld } from '../scenario/support/edge-world.js';
import { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge();
  await system.station('CP1');
});
afterAll(() => system.close());

const FRAMES: readonly (readonly [what: string, frame: string, answeredId: string | undefined])[] = [
  ['half a frame', '[2,"a","Heartbeat"', '-1'],
  ['a number', '2', '-1'],
  ['a frame in a frame', '[[2,"a","Heartbeat",{}]]', '-1'],
  ['an id with a line break', '[2,"a\\nINFO all is well","Heartbeat",{}]', '-1'],
  ['an id with a terminal sequence', '[2,"\\u001b[2J","Heartbeat",{}]', '-1'],
  ['half a character as id', '[2,"\\ud800","Heartbeat",{}]', '-1'],
  ['an id of 37 characters', `[2,"${'x'.repeat(37)}","Heartbeat",{}]`, '-1'],
  ['an action with a line break', '[2,"a","Heart\\nbeat",{}]', 'a'],
  ['an action that is a prototype', '[2,"a","__proto__",{}]', 'a'],
  ['a payload that is a prototype', '[2,"a","Authorize",{"__proto__":{"idTag":"x"}}]', 'a'],
  ['a text as payload', '[2,"a","Heartbeat","x"]', 'a'],
  ['a number beyond all numbers', '[2,"a","Authorize",{"idTag":1e999}]', 'a'],
  ['an answer nobody asked for', '[3,"nobody",{}]', undefined],
  ['an error nobody asked for', '[4,"nobody","InternalError","",{}]', undefined],
  ['a type of the future', '[7,"a",{}]', undefined],
  ['a type below all', '[-1,"a",{}]', undefined],
];

it.each(FRAMES)('%s', async (_, frame, answeredId) => {
  const station = await system.connect(edge, 'CP1');
  station.send(frame);
  if (answeredId !== undefined) expect((await station.next()).slice(0, 2)).toEqual([4, answeredId]);
  expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
  for (const record of await system.records()) expect(JSON.stringify(record.data)).not.toMatch(/\\u001b|\\n|all is well/);
});

it('takes a binary frame for what it is: no text of a station, and no reason to fall', async () => {
  const station = await system.connect(edge, 'CP1');
  station.socket.send(Buffer.from([0xff, 0xfe, 0x00, 0x01]));
  expect((await station.next())[0]).toBe(4);
  expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
  expect(await system.attempt(edge, 'CP1')).toBeInstanceOf(RawStation);
});
