// Dimming told as limits: never heard, commanded, silent, heard again, moved and ended.
import { describe, expect, it } from '@jest/globals';
import type { DimmingConfigured, GridLimitReceived, NetworkEventData } from '#contracts';
import { type GridState, gridDefinition } from './definition.js';

const START = Date.parse('2026-07-01T06:00:00Z');
const CONFIG: DimmingConfigured = {
  siteId: 'yard',
  devices: { count: 2, control: 'management' },
  failSafeW: 5_000,
  silentAfterS: 900,
  requestedBy: 'test',
};

/** A dimmed site; each fact at a minute, told in words. */
function yard() {
  let state: GridState = gridDefinition.fold.initial('default/:dimming/yard');
  let offset = 0;
  const rows: Record<string, unknown>[] = [];
  const put = <Type extends keyof NetworkEventData>(minute: number, type: Type, data: NetworkEventData[Type]): readonly string[] => {
    const time = new Date(START + minute * 60_000).toISOString();
    const at = { topic: 'network-events', partition: 0, offset: offset++ } as const;
    const input = { id: `i${offset}`, type, source: '/test', time, tenantId: 'default', data, at } as never;
    const outputs = gridDefinition.fold.decide(state, input);
    const before = state;
    state = gridDefinition.fold.evolve(state, input, outputs);
    rows.push(...(gridDefinition.fold.project?.({ aggregate: '', before, after: state, input, outputs }) ?? []).map(({ row }) => row));
    return outputs.map(({ type: told, data: limit }) =>
      told === 'GridLimitWithdrawn' ? 'withdrawn' : inWords(limit as GridLimitReceived),
    );
  };
  const hear = (minute: number, command?: { limitW?: number; until?: string }) =>
    put(minute, 'DimmingHeard', { siteId: 'yard', ...(command && { command }), requestedBy: 'box' });
  return { put, hear, rows, id: () => ('kind' in state ? state.told?.limitId : undefined) };
}

function inWords({ schedule, expiresAt, fallback, source }: GridLimitReceived): string {
  const steps = schedule.map(({ startsAt, limitW }) => `${startsAt.slice(11, 16)} ${limitW ?? 'free'}`);
  return `${source}: ${steps.join(', ')} until ${expiresAt.slice(11, 16)}, then ${fallback?.limitW}`;
}

describe('a dimmed site', () => {
  it('has the fail-safe limit, never below what is guaranteed, until its control box is heard, and two minutes after', () => {
    const { put, hear } = yard();
    expect(put(0, 'DimmingConfigured', CONFIG)).toEqual(['enwg14a: 06:00 7560 until 06:15, then 7560']);
    expect(hear(1)).toEqual(['enwg14a: 06:01 7560, 06:03 free until 06:16, then 7560']);
    expect(hear(2)).toEqual(['enwg14a: 06:02 7560, 06:03 free until 06:17, then 7560']);
    expect(hear(5)).toEqual(['enwg14a: 06:05 free until 06:20, then 7560']);
  });
  it('follows a command to its end, and no further down than is guaranteed', () => {
    const { put, hear } = yard();
    put(0, 'DimmingConfigured', { ...CONFIG, failSafeW: 9_000 });
    expect(hear(1, { limitW: 8_000, until: '2026-07-01T06:11:00Z' })).toEqual(['enwg14a: 06:01 8000, 06:11 free until 06:16, then 9000']);
    expect(hear(2, { limitW: 1_000 })).toEqual(['enwg14a: 06:02 7560 until 06:17, then 9000']);
    expect(hear(3, {})).toEqual(['enwg14a: 06:03 free until 06:18, then 9000']);
  });
  it('keeps a command through heartbeats under one id, and does not lift what silence brought at once', () => {
    const { put, hear, id } = yard();
    put(0, 'DimmingConfigured', CONFIG);
    hear(1, { limitW: 20_000 });
    const before = id();
    expect(hear(10)).toEqual(['enwg14a: 06:10 20000 until 06:25, then 7560']);
    expect(id()).toBe(before);
    expect(hear(40)).toEqual(['enwg14a: 06:40 7560, 06:42 20000 until 06:55, then 7560']);
    expect(hear(60, { limitW: 30_000 })).toEqual(['enwg14a: 07:00 30000 until 07:15, then 7560']);
    expect(id()).not.toBe(before);
  });
  it('moves with its node, and ends', () => {
    const { put, hear } = yard();
    put(0, 'DimmingConfigured', CONFIG);
    expect(put(1, 'DimmingConfigured', { ...CONFIG, nodeId: 'cars' })).toEqual(['withdrawn', expect.stringContaining('7560')]);
    expect(put(2, 'DimmingRemoved', { siteId: 'yard', requestedBy: 'test' })).toEqual(['withdrawn']);
    expect(hear(3, { limitW: 1 })).toEqual([]);
  });
  it('keeps every word as it was said, beside what it came to', () => {
    const { put, hear, rows } = yard();
    put(0, 'DimmingConfigured', CONFIG);
    hear(1, { limitW: 1_000 });
    hear(2);
    expect(rows.filter(({ kind }) => kind !== undefined)).toMatchObject([
      { kind: 'limit', asked_w: 1_000, floor_w: 7_560, applied_w: 7_560, said_by: 'box' },
      { kind: 'heartbeat', asked_w: null, applied_w: 7_560 },
    ]);
  });
});
