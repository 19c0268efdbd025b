// A capacity provider's forecasts as limits: before any, while it is there, past its end, and what is renewed.
import { describe, expect, it } from '@jest/globals';
import type { GridLimitReceived, NetworkEventData, OscpConfigured } from '#contracts';
import type { OscpBlock } from '#domain/grid-signals';
import { type GridState, gridDefinition } from '../definition.js';

const START = Date.parse('2026-07-01T06:00:00Z');
const at = (minute: number) => new Date(START + minute * 60_000).toISOString();
const CONFIG: OscpConfigured = {
  providerId: 'dso',
  url: 'https://cp.test/2.0',
  ownUrl: 'https://fp.test/2.0',
  token: 'sealed',
  heartbeatS: 60,
  groups: [{ groupId: 'g', siteId: 'yard', fallbackW: 20_000 }],
  requestedBy: 'test',
};
const block = (kw: number, from: number, to: number, change: Partial<OscpBlock> = {}): OscpBlock => ({
  ...{ capacity: kw, phase: 'ALL', unit: 'KW', start_time: at(from), end_time: at(to) },
  ...change,
});

function provider() {
  let state: GridState = gridDefinition.fold.initial('default/:oscp/dso');
  let offset = 0;
  const put = <Type extends keyof NetworkEventData>(minute: number, type: Type, data: NetworkEventData[Type]): readonly string[] => {
    const place = { topic: 'network-events', partition: 0, offset: offset++ } as const;
    const input = { id: `i${offset}`, type, source: '/test', time: at(minute), tenantId: 'default', data, at: place } as never;
    const outputs = gridDefinition.fold.decide(state, input);
    state = gridDefinition.fold.evolve(state, input, outputs);
    return outputs.map((output) => (output.type === 'GridLimitWithdrawn' ? 'withdrawn' : inWords(output.data as GridLimitReceived)));
  };
  return {
    put,
    forecast: (minute: number, type: NetworkEventData['OscpForecastHeard']['type'], ...blocks: readonly OscpBlock[]) =>
      put(minute, 'OscpForecastHeard', { providerId: 'dso', groupId: 'g', type, blocks }),
    beat: (minute: number, until: number) => put(minute, 'OscpHeartbeatHeard', { providerId: 'dso', offlineAt: at(until) }),
  };
}

function inWords({ schedule, expiresAt, fallback, direction = 'import' }: GridLimitReceived): string {
  const said = (each: { limitA?: unknown; limitW?: number }) =>
    [each.limitW === undefined ? [] : `${each.limitW / 1000} kW`, each.limitA === undefined ? [] : `${String(each.limitA)} A`]
      .flat()
      .join(' ') || 'free';
  const steps = schedule.map((step) => `${step.startsAt.slice(11, 16)} ${said(step)}`);
  return `${direction}: ${steps.join(', ')} until ${expiresAt.slice(11, 16)}, then ${fallback ? said(fallback) : 'free'}`;
}

describe('a capacity provider', () => {
  it('means the fallback until it forecasts, and where it does not', () => {
    const { put, forecast } = provider();
    expect(put(0, 'OscpConfigured', CONFIG)).toEqual(['import: 06:00 20 kW until 06:00, then 20 kW']);
    expect(forecast(1, 'CONSUMPTION', block(90, 0, 30), block(50, 30, 60))).toEqual([
      'import: 06:01 90 kW, 06:30 50 kW, 07:00 20 kW until 06:01, then 20 kW',
    ]);
  });
  it('falls back past the instant at which it counts as gone, to the lower of its own fallback and ours', () => {
    const { put, forecast, beat } = provider();
    put(0, 'OscpConfigured', CONFIG);
    forecast(1, 'CONSUMPTION', block(90, 0, 600));
    expect(forecast(1, 'FALLBACK_CONSUMPTION', block(15, 0, 600), block(30, 600, 900))).toEqual([
      'import: 06:01 90 kW, 16:00 15 kW until 06:01, then 15 kW',
    ]);
    expect(beat(2, 5)).toEqual(['import: 06:02 90 kW, 16:00 15 kW until 06:05, then 15 kW']);
    expect(beat(3, 6)).toEqual(['import: 06:03 90 kW, 16:00 15 kW until 06:06, then 15 kW']);
    expect(forecast(7, 'OPTIMUM', block(1, 0, 600))).toEqual(['import: 06:07 15 kW until 06:07, then 15 kW']);
    expect(beat(8, 12)).toEqual(['import: 06:08 90 kW, 16:00 15 kW until 06:12, then 15 kW']);
  });
  it('tells lines, and what is fed back', () => {
    const { put, forecast } = provider();
    put(0, 'OscpConfigured', CONFIG);
    expect(forecast(1, 'CONSUMPTION', block(32, 0, 30, { phase: 'TWO', unit: 'A' }))).toEqual([
      'import: 06:01 10000,32,10000 A, 06:30 20 kW until 06:01, then 20 kW',
    ]);
    expect(forecast(2, 'GENERATION', block(5, 0, 30))).toEqual(['export: 06:02 5 kW, 06:30 free until 06:02, then free']);
  });
  it('says nothing anew that stays the same, nor for what only somebody wishes', () => {
    const { put, forecast, beat } = provider();
    put(0, 'OscpConfigured', CONFIG);
    forecast(1, 'CONSUMPTION', block(90, 0, 600));
    expect(forecast(2, 'CONSUMPTION', block(90, 0, 600))).toEqual([]);
    expect(forecast(2, 'OPTIMUM', block(5, 0, 600))).toEqual([]);
    beat(3, 63);
    expect(beat(4, 64)).toEqual([]);
    const wish = {
      providerId: 'dso',
      wishId: 'w',
      groupId: 'g',
      type: 'CONSUMPTION',
      blocks: [block(200, 0, 60)],
      requestedBy: 'test',
    } as const;
    expect(put(5, 'OscpAdjustmentWished', wish)).toEqual([]);
  });
  it('ends with its limits', () => {
    const { put } = provider();
    put(0, 'OscpConfigured', CONFIG);
    expect(put(1, 'OscpConfigured', { ...CONFIG, groups: [{ groupId: 'g', siteId: 'other', fallbackW: 1 }] })).toContain('withdrawn');
    expect(put(2, 'OscpRemoved', { providerId: 'dso', requestedBy: 'test' })).toEqual(['withdrawn']);
  });
});
