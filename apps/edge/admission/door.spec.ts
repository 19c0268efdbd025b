// A thousand stations nobody has seen, in one tick: each is told that it is nobody, in the same few words, and nothing is recorded of them.
import { expect, it } from '@jest/globals';
import { HeldClock } from '../../../test/scenario/support/held-clock.js';
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

it('lets in nobody any more once it is closed, not even who has waited outside', async () => {
  const recorded: unknown[] = [];
  const entry = {
    tenantId: 'default',
    stationId: 'CP1',
    siteId: 's',
    assignmentSeq: 1,
    securityProfile: 0,
    bootStatus: 'Accepted',
    heartbeatIntervalS: 1,
  };
  const services = {
    config: { ...DEFAULT_EDGE_CONFIG, allowSecurityProfile0: true, entriesPerStation: { burst: 1, perS: 0.2 } },
    clock: new HeldClock(),
    ids: { next: () => 'id' },
    siteLog: {
      health: { isHealthy: () => true },
      partitionOf: () => 0,
      append: async (_: number, [record]: readonly unknown[]) => [{ topic: 'site-events', partition: 0, offset: recorded.push(record) }],
    },
    proxies: { addressOf: () => '192.0.2.1', isEncrypted: () => false },
    stationEntry: async () => entry,
  } as unknown as EdgeServices;
  const gate = door(services, new FailureThrottle(), () => 1, { claim: async () => true, abandon: () => undefined });
  const request = { url: '/ocpp/CP1', headers: { 'sec-websocket-protocol': 'ocpp1.6' }, socket: {} } as UpgradeRequest;
  expect(await gate.admit(request)).toMatchObject({ path: { stationId: 'CP1' } });
  const waits = Promise.withResolvers<void>();
  const waiting = gate.admit(request, waits.resolve);
  await waits.promise;
  await gate.close();
  expect([await waiting, await gate.admit(request)]).toMatchObject([{ status: 503 }, { status: 503 }]);
  expect(recorded).toHaveLength(1);
});
