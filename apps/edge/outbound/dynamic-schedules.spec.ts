// What an edge may repeat to a station that asks: only what that station confirmed last on this connection, and nothing while that may have changed.
import { describe, expect, it } from '@jest/globals';
import type { RoutedCommand } from '#ports';
import { ANSWERS_21 } from '../inbound/answers-v21.js';
import { DynamicSchedules } from './dynamic-schedules.js';

const command = (commandId: string, action: string, payload: unknown): RoutedCommand => ({
  tenantId: 't',
  siteId: 's',
  stationId: 'A',
  commandId,
  action,
  payload,
  notAfter: '',
  timeoutMs: 1,
});
const set = (commandId: string, limit: number, more: object = {}): RoutedCommand =>
  command(commandId, 'SetChargingProfile', {
    evseId: 1,
    chargingProfile: {
      id: 7,
      chargingProfileKind: 'Dynamic',
      chargingSchedule: [{ chargingSchedulePeriod: [{ startPeriod: 0, limit, numberPhases: 3 }] }],
      ...more,
    },
  });
const update = (commandId: string, limit: number): RoutedCommand =>
  command(commandId, 'UpdateDynamicSchedule', { chargingProfileId: 7, scheduleUpdate: { limit } });

function told(...steps: readonly [RoutedCommand, 'Accepted' | 'Rejected' | 'silence'][]): DynamicSchedules {
  const it = new DynamicSchedules();
  for (const [each, status] of steps) {
    it.sent(each);
    if (status !== 'silence') it.answered(each, { status });
  }
  return it;
}

describe('what an edge repeats to PullDynamicScheduleUpdate', () => {
  it('is what the station confirmed last, of a profile or its latest update', () => {
    expect(told([set('a', 10), 'Accepted']).confirmed(7)).toEqual({ limit: 10 });
    expect(told([set('a', 10), 'Accepted'], [update('b', 8), 'Accepted']).confirmed(7)).toEqual({ limit: 8 });
    expect(told([set('a', 10), 'Accepted']).confirmed(8)).toBeUndefined();
  });

  it('is nothing while an update has no answer, or was refused: the station may have either', () => {
    expect(told([set('a', 10), 'Accepted'], [update('b', 8), 'silence']).confirmed(7)).toBeUndefined();
    expect(told([set('a', 10), 'Accepted'], [update('b', 8), 'Rejected']).confirmed(7)).toBeUndefined();
  });

  it('is nothing by an answer that comes after a later update has left', () => {
    const it = told([set('a', 10), 'silence'], [update('b', 8), 'silence']);
    it.answered(set('a', 10), { status: 'Accepted' });
    expect(it.confirmed(7)).toBeUndefined();
    it.answered(update('b', 8), { status: 'Accepted' });
    expect(it.confirmed(7)).toEqual({ limit: 8 });
  });

  it('is nothing once another profile took its id, or profiles are removed', () => {
    const absolute = set('b', 10, { chargingProfileKind: 'Absolute' });
    expect(told([set('a', 10), 'Accepted'], [absolute, 'Accepted']).confirmed(7)).toBeUndefined();
    const clear = command('c', 'ClearChargingProfile', { chargingProfileId: 7 });
    expect(told([set('a', 10), 'Accepted'], [clear, 'silence']).confirmed(7)).toBeUndefined();
  });

  it('is told as an accepted update, and nothing as a rejection', () => {
    const it = told([set('a', 10), 'Accepted']);
    const context = {
      entry: { bootStatus: 'Accepted', heartbeatIntervalS: 300 },
      bootRetryIntervalS: 60,
      now: '2026-03-01T12:00:00Z',
      dynamicLimits: (id: number) => it.confirmed(id),
    } as const;
    const rule = ANSWERS_21.get('PullDynamicScheduleUpdate');
    expect(rule?.(context, { chargingProfileId: 7 })).toEqual({ status: 'Accepted', scheduleUpdate: { limit: 10 } });
    expect(rule?.(context, { chargingProfileId: 9 })).toMatchObject({ status: 'Rejected' });
  });
});
