// When servers are asked, and what is written down of it.
import { describe, expect, it } from '@jest/globals';
import type { GridProgramConfigured, Recorded } from '#contracts';
import type { HeldPartition } from '#service';
import { gridDefinition, programIn } from './definition.js';
import { ServerSilent } from './http.js';
import { polling } from './polling.js';
import { NO_PROGRAM, type Program } from './program.js';

const CONFIG: GridProgramConfigured = {
  programId: 'dso',
  server: { url: 'https://vtn.test', version: '3.1', programName: 'GAC', venName: 'NL-ABC', clientId: 'abc', clientSecret: 'sealed' },
  pollS: 60,
  validForS: 3600,
  sites: [{ siteId: 'north', names: ['EAN'], fallbackW: 1000 }],
  requestedBy: 'test',
};

/** A held partition with one program, a server that is answered by the test, and a clock it holds. */
function office() {
  const written: string[] = [];
  let largest = 0;
  const timers: { atMs: number; run: () => void }[] = [];
  const answers: { resolve: (events: Record<string, object>) => void; reject: (error: Error) => void }[] = [];
  let nowMs = 0;
  let isHeld = true;
  const states = new Map<string, Program>();
  const partition = {
    ref: { topic: 'network-events', partition: 0 },
    lease: { isHeld: () => isHeld },
    states,
    isLive: true,
    lag: 0,
  } as unknown as HeldPartition<Program>;
  const fold = (type: string, data: object) => {
    const input = {
      id: 'i',
      type,
      source: '',
      time: new Date(nowMs).toISOString(),
      tenantId: 'default',
      data,
      at: { topic: 'network-events', partition: 0, offset: 0 },
    };
    const before = states.get('default/dso') ?? NO_PROGRAM;
    states.set('default/dso', programIn(gridDefinition.fold.evolve(before, input as never, [])) ?? NO_PROGRAM);
    return {
      aggregate: 'default/dso',
      before,
      after: states.get('default/dso') ?? NO_PROGRAM,
      input: input as unknown as Recorded,
      outputs: [],
    };
  };
  const world = {
    keys: { unseal: async () => 'secret' },
    clock: {
      now: () => nowMs,
      after(ms: number, run: () => void) {
        timers.push({ atMs: nowMs + ms, run });
        return () => void timers.splice(0);
      },
    },
    ids: { next: () => 'id' },
    random: { next: () => 0.5 },
    log: {
      append: async (_: string, records: readonly { headers: Record<string, string>; value: string }[]) => {
        for (const { headers, value } of records) {
          written.push(headers.ce_type ?? '');
          largest = Math.max(largest, value.length);
          fold(headers.ce_type ?? '', JSON.parse(value) as object);
        }
        return [];
      },
    },
  };
  const server = {
    introduce: async () => undefined,
    subscribe: async () => undefined,
    unsubscribe: async () => undefined,
    listen: async () => ({ isOpen: true, end() {} }),
    hear: () =>
      new Promise<{ programID: string; attributes: ReadonlyMap<string, unknown>; events: ReadonlyMap<string, unknown> }>(
        (resolve, reject) =>
          answers.push({
            resolve: (events) => resolve({ programID: 'p', attributes: new Map(), events: new Map(Object.entries(events)) }),
            reject,
          }),
      ),
  };
  const effects = polling(world as never, server, { info() {}, warn() {}, error() {} });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    asked: () => answers.length,
    largest: () => largest,
    refusals: () => states.get('default/dso')?.refusals,
    async configure() {
      await effects.onCommitted?.(partition, [fold('GridProgramConfigured', CONFIG)] as never);
      await settle();
    },
    async poke() {
      await effects.onCommitted?.(partition, [fold('GridRereadAsked', { programId: 'dso' })] as never);
      await settle();
    },
    async answer(events: Record<string, object> | Error) {
      const answer = answers.at(-1);
      if (events instanceof Error) answer?.reject(events);
      else answer?.resolve(events);
      await settle();
      return written.splice(0);
    },
    async pass(ms: number) {
      nowMs += ms;
      for (const { run } of timers.splice(0).filter(({ atMs }) => atMs <= nowMs)) run();
      await settle();
    },
    lose: () => {
      isHeld = false;
    },
  };
}

describe('polling', () => {
  it('asks when a program is configured and at its interval, and writes down what is new only', async () => {
    const { configure, answer, pass, asked } = office();
    await configure();
    expect(await answer({ e: { priority: 1 } })).toEqual(['GridEventsHeard', 'GridProgramHeard']);
    await pass(60_000);
    expect(asked()).toBe(2);
    expect(await answer({ e: { priority: 1 } })).toEqual([]);
    await pass(60_000);
    expect(await answer({ f: {} })).toEqual(['GridEventsHeard', 'GridEventsGone', 'GridProgramHeard']);
  });
  it('says now and then that it is heard while nothing changes', async () => {
    const { configure, answer, pass } = office();
    await configure();
    await answer({});
    await pass(60_000);
    expect(await answer({})).toEqual([]);
    await pass(1_800_000);
    expect(await answer({})).toEqual(['GridProgramHeard']);
  });
  it('asks once more where something was told while it asked', async () => {
    const { configure, poke, answer, pass, asked } = office();
    await configure();
    await poke();
    expect(asked()).toBe(1);
    await answer({});
    await pass(0);
    expect(asked()).toBe(2);
    await answer({});
    await pass(0);
    expect(asked()).toBe(2);
  });
  it('says once why nothing is heard, and when it is heard again', async () => {
    const { configure, answer, pass } = office();
    await configure();
    expect(await answer(new ServerSilent('it answered 500'))).toEqual(['GridProgramUnheard']);
    await pass(60_000);
    expect(await answer(new ServerSilent('it answered 500'))).toEqual([]);
    await pass(60_000);
    expect(await answer(new ServerSilent('it answered 503'))).toEqual(['GridProgramUnheard']);
    await pass(60_000);
    expect(await answer({})).toEqual(['GridProgramHeard']);
  });
  it('writes down of an event that no record could hold whom it is for, once', async () => {
    const { configure, answer, pass, refusals, largest } = office();
    await configure();
    const huge = { e: { targets: ['EAN'], intervals: Array.from({ length: 20_000 }, (_, id) => ({ id, payloads: [] })) } };
    expect(await answer(huge)).toEqual(['GridEventsHeard', 'GridProgramHeard']);
    expect(largest()).toBeLessThan(10_000);
    expect(refusals()).toEqual([{ eventId: 'e', path: 'intervals', message: expect.any(String) }]);
    await pass(60_000);
    expect(await answer(huge)).toEqual([]);
  });
  it('writes down many events in few records', async () => {
    const { configure, answer, largest } = office();
    await configure();
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`e${index}`, { eventName: 'x'.repeat(200) }]));
    expect(await answer(many)).toEqual(['GridEventsHeard', 'GridEventsHeard', 'GridEventsHeard', 'GridProgramHeard']);
    expect(largest()).toBeLessThan(400_000);
  });
  it('asks no more when somebody else holds the stream', async () => {
    const { configure, answer, pass, asked, lose } = office();
    await configure();
    await answer({});
    lose();
    await pass(60_000);
    expect(asked()).toBe(1);
  });
});
