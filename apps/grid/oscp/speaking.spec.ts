// What a capacity provider is told: measurements of quarters, what was above a limit, wishes; each once, and again only where it was not taken.
import { describe, expect, it } from '@jest/globals';
import type { NetworkEventData } from '#contracts';
import { type GridState, gridDefinition } from '../definition.js';
import { ServerSilent } from '../http.js';
import type { CapacityProvider } from './provider.js';
import { speaking } from './speaking.js';

const MINUTE = 60_000;
const iso = (minute: number) => new Date(minute * MINUTE).toISOString();
const BLOCK = { capacity: 9, phase: 'ALL', unit: 'KW', start_time: iso(0), end_time: iso(60) } as const;

/** A provider that registered and shook hands; its answers, the clock and the rows of violations are the test's. */
function office() {
  let nowMs = 2 * MINUTE;
  let answers: number | Error = 204;
  const episodes: { readonly since: Date; readonly seconds: number; readonly reasons: readonly object[] }[] = [];
  const troubles: unknown[] = [];
  const told: { readonly action: string; readonly body: Record<string, unknown>; readonly correlation: string | undefined }[] = [];
  const timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const states = new Map<string, GridState>();
  const KEY = 'default/:oscp/dso';
  const fold = <Type extends keyof NetworkEventData>(type: Type, data: NetworkEventData[Type]) => {
    const at = { topic: 'network-events', partition: 0, offset: 0 };
    const input = { id: 'i', type, source: '', time: new Date(nowMs).toISOString(), tenantId: 'default', data, at } as never;
    states.set(KEY, gridDefinition.fold.evolve(states.get(KEY) ?? gridDefinition.fold.initial(KEY), input, []));
    return { aggregate: KEY, input: { type } };
  };
  const rows = async (text: string, values: readonly unknown[] = []) => ({
    rows: text.includes('limit_violations') ? episodes.filter(({ since }) => since.toISOString() > String(values[3])) : [],
  });
  const world = {
    keys: { unseal: async () => 'token', hmac: () => 'f'.repeat(64) },
    ids: { next: () => 'id' },
    database: { inTransaction: (work: (tx: { query: typeof rows }) => unknown) => work({ query: rows }) },
    clock: {
      now: () => nowMs,
      after(ms: number, run: () => void) {
        timers.push({ atMs: nowMs + ms, run });
        return () => undefined;
      },
    },
    log: {
      async append(_: string, records: readonly { headers: Record<string, string>; value: string }[]) {
        for (const { headers, value } of records) {
          fold(headers.ce_type as 'OscpSaid', JSON.parse(value) as never);
          if (headers.ce_type === 'OscpTroubleChanged') troubles.push(JSON.parse(value));
        }
        return [];
      },
    },
  };
  const send = async (url: string, { body, headers }: RequestInit) => {
    if (answers instanceof Error) throw answers;
    const action = url.split('/').at(-1) ?? '';
    if (action !== 'heartbeat')
      told.push({
        action,
        body: JSON.parse(String(body)) as Record<string, unknown>,
        correlation: (headers as Record<string, string>)['X-Correlation-ID'],
      });
    return { status: answers, text: '' };
  };
  const measured = async (_: string, __: string, ___: string, fromMs: number) => ({
    load: Array.from({ length: 15 }, (_, minute) => ({ atMs: fromMs + minute * MINUTE, measuredW: 4000, allocatedW: null })),
    ...{ registers: [], expected: [], limited: [] },
  });
  const effects = speaking(world as never, measured, { info() {}, warn() {}, error() {} }, send);
  const partition = { lease: { isHeld: () => true }, states, isLive: true } as never;
  const settle = async () => {
    for (let turn = 0; turn < 60; turn++) await Promise.resolve();
  };
  const group = { groupId: 'g', siteId: 'yard', fallbackW: 1 };
  fold('OscpConfigured', {
    providerId: 'dso',
    url: 'https://cp.test/2.0',
    ownUrl: '',
    token: 's',
    heartbeatS: 60,
    groups: [group],
    requestedBy: '',
  });
  return {
    fold,
    episodes,
    told: () => told.splice(0),
    records: () => troubles,
    trouble: () => (states.get(KEY) as CapacityProvider).trouble,
    async start() {
      fold('OscpRegistered', { providerId: 'dso', url: 'https://cp.test/2.0', token: 's' });
      await effects.onCommitted?.(partition, [fold('OscpHandshaken', { providerId: 'dso', isMeasured: true })] as never);
      await settle();
    },
    async pass(minutes: number, says: number | Error = 204) {
      answers = says;
      nowMs += minutes * MINUTE;
      for (const { run } of timers.splice(0)) run();
      await settle();
    },
    async register(says: number) {
      answers = says;
      await effects.onLive?.(partition);
      await settle();
    },
  };
}

describe('speaking with a capacity provider', () => {
  it('registers first, with a token that is nowhere else', async () => {
    const { register, told } = office();
    await register(204);
    expect(told()).toEqual([
      {
        action: 'register',
        body: { token: expect.stringMatching(/^gn_/), version_url: [{ version: '2.0', base_url: '' }] },
        correlation: undefined,
      },
    ]);
    await register(204);
    expect(told()).toEqual([]);
  });
  it('tells what was drawn in each quarter of an hour, when meters have told, once', async () => {
    const { start, pass, told } = office();
    await start();
    expect(told().map(({ action }) => action)).toEqual(['handshake_acknowledge', 'update_group_measurements']);
    await pass(14);
    expect(told()).toEqual([]);
    await pass(1);
    await pass(1);
    const [measured, ...others] = told();
    expect(measured?.body).toEqual({
      group_id: 'g',
      measurements: [
        {
          ...{ value: 1000, phase: 'ALL', unit: 'WH', direction: 'IMPORT', energy_type: 'TOTAL' },
          ...{ measure_time: iso(15), initial_measure_time: iso(0) },
        },
      ],
    });
    expect(others).toEqual([]);
  });
  it('says what could not be complied with, of which forecast, and why', async () => {
    const { start, pass, told, fold, episodes } = office();
    await start();
    told();
    fold('OscpForecastHeard', { providerId: 'dso', groupId: 'g', type: 'CONSUMPTION', blocks: [BLOCK], requestId: 'r-1' });
    episodes.push({ since: new Date(5 * MINUTE), seconds: 40, reasons: [{ kind: 'disobedient' }] });
    await pass(6);
    await pass(1);
    expect(told()).toEqual([
      {
        action: 'group_capacity_compliance_error',
        body: { message: `g was above its limit for 40 s from ${iso(5)}: disobedient`, forecasted_blocks: [BLOCK] },
        correlation: 'r-1',
      },
    ]);
  });
  it('tells a wish again until it is taken, or never will be', async () => {
    const { start, pass, told, fold } = office();
    await start();
    told();
    fold('OscpAdjustmentWished', { providerId: 'dso', wishId: 'w', groupId: 'g', type: 'CONSUMPTION', blocks: [BLOCK], requestedBy: '' });
    await pass(1, new ServerSilent('no connection'));
    await pass(1, 503);
    await pass(1, 400);
    await pass(1);
    expect(told().map(({ action }) => action)).toEqual(['adjust_group_capacity_forecast', 'adjust_group_capacity_forecast']);
  });
  it('writes down once why it takes nothing, for an alarm, and that it does again', async () => {
    const { start, pass, fold, trouble, records } = office();
    await start();
    fold('OscpAdjustmentWished', { providerId: 'dso', wishId: 'w', groupId: 'g', type: 'CONSUMPTION', blocks: [BLOCK], requestedBy: '' });
    for (let minute = 0; minute < 3; minute++) await pass(1, new ServerSilent('no connection'));
    expect(trouble()).toEqual({ reason: 'no connection', sinceMs: 3 * MINUTE });
    await pass(1, 503);
    expect(trouble()).toEqual({ reason: 'it answered 503', sinceMs: 3 * MINUTE });
    await pass(1);
    expect(trouble()).toBeUndefined();
    expect(records()).toEqual(
      [{ trouble: 'no connection' }, { trouble: 'it answered 503' }, {}].map((each) => ({ providerId: 'dso', ...each })),
    );
  });
});
