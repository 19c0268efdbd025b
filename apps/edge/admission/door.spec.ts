// A thousand stations nobody has seen, in one tick: each is told that it is nobody, in the same few words, and nothing is recorded of them.
import { expect, it } from '@jest/globals';
import { DEFAULT_EDGE_CONFIG } from '../config.js';
import type { UpgradeRequest } from '../listener.js';
import type { EdgeServices } from '../services.js';
import { door } from './door.js';
import { FailureThrottle } from './failure-throttle.js';

const STRANGERS = 1000;

it('turns a thousand strangers away in four words, and records nothing', async () => {
  const recorded: unknown[] = [];
  const services = {
    config: DEFAULT_EDGE_CONFIG,
    clock: { now: () => 0 },
    keys: { hmac: (_purpose: string, text: string) => text },
    siteLog: { append: (...record: unknown[]) => recorded.push(record) },
    proxies: { addressOf: () => '192.0.2.1', isEncrypted: () => false },
    refused: (...refusal: unknown[]) => recorded.push(refusal),
    stationEntry: async () => undefined,
  } as unknown as EdgeServices;
  const entrance = { claim: async () => true, abandon: () => undefined };
  const { admit } = door(services, new FailureThrottle(), () => 1, entrance);
  const authorization = `Basic ${Buffer.from('x:a-password-of-nobody').toString('base64')}`;
  const headers = { authorization, 'sec-websocket-protocol': 'ocpp1.6' };
  const outcomes = await Promise.all(
    Array.from({ length: STRANGERS }, (_, n) => admit({ url: `/ocpp/NEVER-${n}`, headers } as unknown as UpgradeRequest)),
  );
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
    new Set([JSON.stringify({ status: 404, message: 'no such station' })]),
  );
  expect(recorded).toEqual([]);
});
