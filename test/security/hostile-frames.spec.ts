// Frames made to harm: nesting, prototypes, characters no database stores, bombs, answers nobody asked for. Authenticated, and rude.
// Each gets its OCPP error, or silence where the protocol wants it; what is kept is harmless; the next call of the same station works.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Edge } from '#apps/edge';
import type { CallReceived } from '#contracts';
import { EdgeWorld } from '../scenario/support/edge-world.js';
import type { RawStation } from '../scenario/support/raw-station.js';

let system: EdgeWorld;
let edge: Edge;
let station: RawStation;
let neighbour: RawStation;
beforeAll(async () => {
  system = await EdgeWorld.open();
  edge = await system.edge({ wrongFramesPerStation: { burst: 10_000, perS: 100 } });
  for (const stationId of ['RUDE', 'NEIGHBOUR']) await system.station(stationId);
  neighbour = await system.connect(edge, 'NEIGHBOUR');
});
beforeEach(async () => {
  station = await system.connect(edge, 'RUDE');
});
afterAll(() => system.close());

const answerTo = async (text: string): Promise<unknown[]> => {
  station.send(text);
  return (await station.next()).slice(0, 3);
};
const isAlive = async (): Promise<void> => {
  expect(await station.call('Heartbeat', {}, 'after')).toMatchObject([3, 'after', {}]);
  expect(await neighbour.call('Heartbeat', {})).toMatchObject([3, expect.any(String), {}]);
};
const recorded = async (messageId: string): Promise<CallReceived | undefined> =>
  (await system.records('CallReceived')).map(({ data }) => data as CallReceived).findLast((call) => call.messageId === messageId);
const dataTransfer = (messageId: string, data: string): string => `[2,"${messageId}","DataTransfer",{"vendorId":"v","data":${data}}]`;
/** A message with free text that is stored as it was said. */
const status = (messageId: string, info: string): string =>
  `[2,"${messageId}","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available","info":${info}}]`;
const deep = (levels: number, open: string, close: string): string => open.repeat(levels) + close.repeat(levels);

describe('nesting', () => {
  it.each([
    ['arrays', `[2,"deep","DataTransfer",${deep(100_000, '[', ']')}]`],
    ['objects', `[2,"deep","DataTransfer",${deep(100_000, '{"a":', '}').replace(':}', ':1}')}]`],
    ['a level too many in a field', `[2,"deep","DataTransfer",{"vendorId":${deep(40, '[', ']')}}]`],
  ])('of %s is a formation violation, not a crash', async (_, text) => {
    expect(await answerTo(text)).toMatchObject([4, 'deep', 'FormationViolation']);
    await isAlive();
  });
  it('of the frame itself, or of an answer, harms nobody', async () => {
    expect(await answerTo(deep(100_000, '[', ']'))).toMatchObject([4, '-1', 'FormationViolation']);
    station.send(`[3,"deep",${deep(100_000, '[', ']')}]`);
    station.send(`[4,"deep","X","",${deep(100_000, '[', ']')}]`);
    await isAlive();
  });
});

describe('prototypes', () => {
  it.each([
    [
      'in a billing message',
      '[2,"p1","StartTransaction",{"connectorId":1,"idTag":"X","meterStart":1,"timestamp":"2026-11-01T12:00:00Z","__proto__":{"rude":1}}]',
      'p1',
    ],
    [
      'deeper',
      '[2,"p2","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-11-01T12:00:00Z","sampledValue":[{"value":"1","__proto__":{"rude":1},"constructor":{"prototype":{"rude":1}}}]}]}]',
      'p2',
    ],
    ['escaped', '[2,"p3","DataTransfer",{"vendorId":"v","\\u005f_proto__":{"rude":1}}]', 'p3'],
  ])('%s reach nobody', async (_, text, messageId) => {
    expect((await answerTo(text))[1]).toBe(messageId);
    expect(({} as { rude?: unknown }).rude).toBeUndefined();
    const call = await recorded(messageId);
    expect(call).toBeDefined();
    expect(JSON.stringify(call)).not.toContain('__proto__');
    await isAlive();
  });
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('as an action (%s) are not implemented', async (action) => {
    expect(await answerTo(`[2,"a","${action}",{}]`)).toMatchObject([4, 'a', 'NotImplemented']);
  });
});

describe('characters', () => {
  it.each([
    ['NUL', '\\u0000'],
    ['a lone high surrogate', '\\ud800'],
    ['a lone low surrogate', '\\udc00'],
  ])('%s is stored as a replacement character', async (name, escaped) => {
    const messageId = `c-${name.length}`;
    expect(await answerTo(status(messageId, `"a${escaped}b"`))).toMatchObject([3, messageId, {}]);
    expect((await recorded(messageId))?.payload).toMatchObject({ info: 'a\ufffdb' });
  });
  it.each([
    ['a line break', 'a\\r\\nb'],
    ['NUL', 'a\\u0000b'],
    ['a lone surrogate', 'a\\ud800'],
  ])('%s in a message id is never echoed', async (_, id) => {
    expect(await answerTo(`[2,"${id}","Heartbeat",{}]`)).toMatchObject([4, '-1', 'FormationViolation']);
    expect(await answerTo(`[2,"ok","Heart${id}",{}]`)).toMatchObject([4, 'ok', 'FormationViolation']);
  });
  it('of a query or a page stay text', async () => {
    const text = "'); drop table sessions; --<script>alert()";
    expect(await answerTo(status('sql', JSON.stringify(text)))).toMatchObject([3, 'sql', {}]);
    expect((await recorded('sql'))?.payload).toMatchObject({ info: text });
  });
});

describe('numbers', () => {
  it.each(['1e999', '-1e999', '123456789012345678901234567890', '1.7976931348623157e308'])(
    '%s as register is kept and answered',
    async (number) => {
      const text = `[2,"n${number.length}","StartTransaction",{"connectorId":1,"idTag":"X","meterStart":${number},"timestamp":"2026-11-01T12:00:00Z"}]`;
      expect((await answerTo(text))[0]).toBe(3);
      await isAlive();
    },
  );
  it.each(['NaN', '0x10', '01', '.5', 'Infinity'])('%s is not JSON', async (number) => {
    expect(await answerTo(`[2,"a","Heartbeat",{"x":${number}}]`)).toMatchObject([4, '-1', 'FormationViolation']);
  });
  it('of one key twice: the last counts, and the record holds what was judged', async () => {
    const text = '[2,"twice","DataTransfer",{"vendorId":"first","vendorId":"last"}]';
    expect((await answerTo(text))[0]).toBe(3);
    expect((await recorded('twice'))?.payload).toEqual({ vendorId: 'last' });
  });
});

describe('what nobody asked for', () => {
  it('a thousand answers are counted and forgotten', async () => {
    for (let i = 0; i < 1000; i++) station.send(i % 2 === 0 ? [3, `r${i}`, { status: 'Accepted' }] : [4, `r${i}`, 'GenericError', '', {}]);
    await isAlive();
    expect(station.received).toEqual([]);
  });
  it.each([
    ['a type of a newer version', '[5,"a",{}]'],
    ['a SEND', '[6,"a","NotifyPeriodicEventStream",{}]'],
    ['a type nobody knows', '[2147483647,"a",{}]'],
    ['half a type', '[2.5,"a","Heartbeat",{}]'],
  ])('%s gets no answer', async (_, text) => {
    station.send(text);
    await isAlive();
  });
  it('a binary frame of JSON is read, one of noise is a formation violation', async () => {
    station.socket.send(Buffer.from('[2,"b","Heartbeat",{}]'), { binary: true });
    expect(await station.next()).toMatchObject([3, 'b', {}]);
    station.socket.send(Buffer.from([0, 255, 254, 1, 2, 3]), { binary: true });
    expect((await station.next()).slice(0, 3)).toEqual([4, '-1', 'FormationViolation']);
    await isAlive();
  });
});

describe('size', () => {
  it('a compressed bomb closes its socket with 1009 before it is unpacked, and no other', async () => {
    const text = dataTransfer('bomb', `"${'a'.repeat(64 << 20)}"`);
    station.socket.send(text, { compress: true });
    expect(await station.closed).toMatchObject({ code: 1009 });
    expect(await neighbour.call('Heartbeat', {})).toMatchObject([3, expect.any(String), {}]);
    expect(await recorded('bomb')).toBeUndefined();
  });
  it('a message in a thousand fragments is one message', async () => {
    const text = dataTransfer('parts', `"${'b'.repeat(2000)}"`);
    for (let i = 0; i < text.length; i += 2) station.socket.send(text.slice(i, i + 2), { fin: i + 2 >= text.length, compress: false });
    expect(await station.next()).toMatchObject([3, 'parts', {}]);
  });
});
