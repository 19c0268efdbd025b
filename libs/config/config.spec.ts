// Settings: one world or the other, and errors that name the setting.
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './index.js';

describe('readConfig', () => {
  it('means the embedded world when nothing is set', () => {
    expect(readConfig({}).cluster).toBeUndefined();
    expect(readConfig({ KAFKA_BROKERS: '' }).ocppPort).toBe(9220);
  });
  it('refuses a mixture of worlds and names what is missing', () => {
    expect(() => readConfig({ KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://x' })).toThrow(/REDIS_URL missing/);
    expect(() => readConfig({ KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://x', REDIS_URL: 'redis://y' })).toThrow(/MASTER_KEY missing/);
  });
  it('names a bad setting', () => {
    expect(() => readConfig({ OCPP_PORT: 'ninety' })).toThrow(/OCPP_PORT/);
  });
});
