// When a partition counts as unhealthy, and who may probe it.
import { describe, expect, it } from '@jest/globals';
import { LogHealth } from './log-health.js';

const afterMs = 5_000;

describe('a partition', () => {
  it('nobody wrote to is healthy', () => expect(new LogHealth(afterMs).isHealthy(3, 1e9)).toBe(true));
  it('is unhealthy once its oldest append is silent for longer than the bound', () => {
    const health = new LogHealth(afterMs);
    health.started(0, 0);
    expect(health.isHealthy(0, 5_000)).toBe(true);
    expect(health.isHealthy(0, 5_001)).toBe(false);
    expect(health.isHealthy(1, 5_001)).toBe(true);
  });
  it('is unhealthy when it has failed for longer than the bound, also when nobody tries any more', () => {
    const health = new LogHealth(afterMs);
    health.failed(0, health.started(0, 0), 100);
    health.failed(0, health.started(0, 4_000), 4_000);
    expect(health.isHealthy(0, 5_000)).toBe(true);
    expect(health.isHealthy(0, 60_000)).toBe(false);
  });
  it('is healthy again at the first success, even while older appends are silent', () => {
    const health = new LogHealth(afterMs);
    health.started(0, 0);
    const probe = health.started(0, 9_000);
    health.succeeded(0, probe, 9_500);
    expect(health.isHealthy(0, 9_500)).toBe(true);
    expect(health.isHealthy(0, 15_000)).toBe(false);
  });
});

it('lets one probe through per second, over all partitions', () => {
  const health = new LogHealth(afterMs);
  expect([0, 10, 999, 1_000, 1_001].map((now) => health.mayProbe(now))).toEqual([true, false, false, true, false]);
});
