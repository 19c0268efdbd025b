// Reports back to a server: each once, again where it was not taken, and not again where somebody told it before.
import { describe, expect, it } from '@jest/globals';
import type { GridProgramConfigured } from '#contracts';
import type { HeldPartition } from '#service';
import { gridDefinition, programIn } from './definition.js';
import { ServerSilent } from './http.js';
import { NO_PROGRAM, type Program } from './program.js';
import { reporting } from './reporting.js';

const MINUTE = 60_000;
const CONFIG: GridProgramConfigured = {
  programId: 'dso',
  server: { url: 'https://vtn.test', version: '3.1', programName: 'GAC', venName: 'NL-ABC', clientId: 'abc', clientSecret: 'sealed' },
  pollS: 60,
  validForS: 3600,
  sites: [
    { siteId: 'north', names: ['EAN-1'], fallbackW: 1000 },
    { siteId: 'south', names: ['EAN-2'], fallbackW: 1000 },
  ],
  requestedBy: 'test',
};
/** Quarters of an hour from 1970 on, each reported after its end. */
const EVENT = {
  intervalPeriod: { start: '1970-01-01T00:00:00Z', duration: 'PT15M' },
  intervals: [0, 1, 2, 3].map((id) => ({ id, payloads: [] })),
  reportDescriptors: [
    { payloadType: 'DEMAND', startInterval: 0, numIntervals: 1, frequency: 1, repeat: -1 },
    { payloadType: 'SECRET_THING' },
  ],
};

/** A held partition whose program hears one event; a server and a clock that are the test's. */
function office(event: object = EVENT) {
  let nowMs = 0;
  let answer: string | Error | undefined;
  const there = new Set<string>();
  const told: { readonly reportName: string; readonly resources: readonly object[] }[] = [];
  const written: object[] = [];
  const timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const states = new Map<string, Program>();
  const fold = (type: string, data: object) => {
    const at = { topic: 'network-events', partition: 0, offset: 0 };
    const input = { id: 'i', type, source: '', time: new Date(nowMs).toISOString(), tenantId: 'default', data, at };
    states.set(
      'default/dso',
      programIn(gridDefinition.fold.evolve(states.get('default/dso') ?? NO_PROGRAM, input as never, [])) ?? NO_PROGRAM,
    );
    return { aggregate: 'default/dso', input };
  };
  const world = {
    keys: { unseal: async () => 'secret' },
    clock: {
      now: () => nowMs,
      after(ms: number, run: () => void) {
        timers.push({ atMs: nowMs + ms, run });
        return () => undefined;
      },
    },
    ids: { next: () => 'id' },
    log: {
      async append(_: string, records: readonly { headers: Record<string, string>; value: string }[]) {
        for (const { headers, value } of records) {
          written.push(JSON.parse(value) as object);
          fold(headers.ce_type ?? '', JSON.parse(value) as object);
        }
        return [];
      },
    },
  };
  const server = {
    reported: async () => there,
    async report(_: unknown, report: (typeof told)[number]) {
      if (answer instanceof Error) throw answer;
      told.push(report);
      return answer;
    },
  };
  const draws = async () => ({
    load: Array.from({ length: 60 }, (_, minute) => ({ atMs: minute * MINUTE, measuredW: 5000, allocatedW: null })),
    ...{ registers: [], expected: [], limited: [] },
  });
  const partition = { lease: { isHeld: () => true }, states, isLive: true } as unknown as HeldPartition<Program>;
  const effects = reporting(world as never, server, draws, { info() {}, warn() {}, error() {} });
  const settle = async () => {
    for (let turn = 0; turn < 40; turn++) await Promise.resolve();
  };
  fold('GridProgramConfigured', CONFIG);
  fold('GridEventsHeard', { programId: 'dso', events: [{ eventId: 'e', event }] });
  return {
    there,
    written,
    refusals: () => states.get('default/dso')?.unheeded,
    names: () => told.splice(0).map(({ reportName }) => reportName),
    resources: () => told.at(-1)?.resources,
    async hears() {
      await effects.onCommitted?.(partition, [fold('GridProgramHeard', { programId: 'dso', refusals: [] })] as never);
      await settle();
    },
    async pass(minutes: number, says?: string | Error) {
      answer = says;
      nowMs += minutes * MINUTE;
      const all = timers.splice(0);
      timers.push(...all.filter(({ atMs }) => atMs > nowMs));
      for (const { atMs, run } of all) if (atMs <= nowMs) run();
      await settle();
    },
  };
}

const report = (quarter: number) => `DEMAND ${new Date(quarter * 15 * MINUTE).toISOString()} e`;

describe('reporting', () => {
  it('tells each interval once, when it is over and meters have told', async () => {
    const { hears, pass, names, written } = office();
    await hears();
    expect(names()).toEqual([]);
    await pass(17);
    await hears();
    expect(names()).toEqual([report(0)]);
    await pass(30);
    expect(names()).toEqual([report(1), report(2)]);
    expect(written).toEqual([
      expect.objectContaining({ reportName: report(0), siteIds: ['north', 'south'], until: '1970-01-01T00:15:00.000Z', units: 'KW' }),
      expect.objectContaining({ reportName: report(1) }),
      expect.objectContaining({ reportName: report(2) }),
    ]);
  });
  it('tells connections by their names, or all together', async () => {
    const each = office();
    await each.pass(17);
    await each.hears();
    expect(each.resources()).toMatchObject([
      { resourceName: 'EAN-1', intervals: [{ id: 0, payloads: [{ type: 'DEMAND', values: [5] }] }] },
      { resourceName: 'EAN-2' },
    ]);
    const together = office({ ...EVENT, reportDescriptors: [{ ...EVENT.reportDescriptors[0], aggregate: true }], targets: ['EAN-2'] });
    await together.pass(17);
    await together.hears();
    expect(together.resources()).toMatchObject([{ resourceName: 'AGGREGATED_REPORT', intervals: [{ payloads: [{ values: [5] }] }] }]);
  });
  it('tells it again after a while where it was not taken, and goes on where it never will be', async () => {
    const { hears, pass, names, written } = office();
    await pass(17, new ServerSilent('it answered 503'));
    await hears();
    expect(written).toEqual([]);
    await pass(1, 'it answered 400');
    expect(names()).toEqual([report(0)]);
    expect(written).toEqual([expect.objectContaining({ refusal: 'it answered 400' })]);
    await pass(15);
    expect(names()).toEqual([report(1)]);
  });
  it('only writes down what somebody told before it held the stream', async () => {
    const { hears, pass, names, written, there } = office();
    there.add(report(0));
    await pass(17);
    await hears();
    expect(names()).toEqual([]);
    expect(written).toEqual([expect.objectContaining({ reportName: report(0) })]);
  });
  it('says which reports it cannot make', async () => {
    const { hears, refusals } = office();
    await hears();
    expect(refusals()).toEqual(['report of SECRET_THING: nothing like it is known']);
  });
});
