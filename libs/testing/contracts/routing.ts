// What every CommandRouter and StationDirectory keeps to. Each test uses stations and edges of its own.
// What an edge does with a message is tested with the edge.
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CommandRouter, DirectoryEntry, RoutedMessage, StationDirectory } from '#ports';

export interface RoutingUnderTest {
  readonly router: CommandRouter;
  readonly directory: StationDirectory;
  readonly dispose: () => Promise<void>;
}

export function routingContract(name: string, create: () => Promise<RoutingUnderTest>): void {
  describe(`routing: ${name}`, () => {
    let dispose: (() => Promise<void>) | undefined;
    const start = async (): Promise<RoutingUnderTest> => {
      const made = await create();
      dispose = made.dispose;
      return made;
    };
    afterEach(async () => {
      await dispose?.();
      dispose = undefined;
    });

    describe('StationDirectory', () => {
      const stationId = (): string => `station-${randomUUID()}`;
      const entry = (station: string, connectionId: string, assignmentSeq: number, offset: number): DirectoryEntry => ({
        tenantId: 'default',
        stationId: station,
        edgeId: `edge-of-${connectionId}`,
        connectionId,
        generation: { assignmentSeq, offset },
      });

      it('knows no station that never connected', async () => {
        const { directory } = await start();
        expect(await directory.lookup('default', stationId())).toBeUndefined();
      });

      it('lets the newer connection win, whatever order the claims arrive in', async () => {
        const { directory } = await start();
        const station = stationId();
        const [older, newer] = [entry(station, 'a', 1, 10), entry(station, 'b', 1, 20)];
        expect(await directory.claim(older)).toEqual({ holder: older });
        expect(await directory.claim(newer)).toEqual({ holder: newer, replaced: older });
        expect(await directory.claim(older)).toEqual({ holder: newer });
        expect(await directory.lookup('default', station)).toEqual(newer);
      });

      it('compares offsets only within one site assignment, and as numbers', async () => {
        const { directory } = await start();
        const station = stationId();
        const claims = [entry(station, 'a', 1, 9), entry(station, 'b', 1, 10), entry(station, 'c', 2, 3), entry(station, 'd', 10, 1)];
        for (const claim of claims) expect((await directory.claim(claim)).holder).toEqual(claim);
        expect((await directory.claim(entry(station, 'e', 2, 99_999_999_999))).holder).toEqual(claims[3]);
      });

      it('takes the same connection again without calling it replaced', async () => {
        const { directory } = await start();
        const own = entry(stationId(), 'a', 1, 10);
        await directory.claim(own);
        expect(await directory.claim(own)).toEqual({ holder: own });
      });

      it('releases only its own connection', async () => {
        const { directory } = await start();
        const station = stationId();
        const [older, newer] = [entry(station, 'a', 1, 10), entry(station, 'b', 1, 20)];
        await directory.claim(older);
        await directory.claim(newer);
        await directory.release(older);
        expect(await directory.lookup('default', station)).toEqual(newer);
        await directory.release(newer);
        expect(await directory.lookup('default', station)).toBeUndefined();
      });

      it('keeps tenants and odd ids apart', async () => {
        const { directory } = await start();
        const station = stationId();
        const own = entry(`${station}/x`, 'a', 1, 10);
        await directory.claim(own);
        expect(await directory.lookup(`default/${station}`, 'x')).toBeUndefined();
        expect(await directory.lookup('other', `${station}/x`)).toBeUndefined();
        expect(await directory.lookup('default', `${station}/x`)).toEqual(own);
      });

      it('settles a race on the newest generation', async () => {
        const { directory } = await start();
        const station = stationId();
        const claims = Array.from({ length: 20 }, (_, n) => entry(station, `c${n}`, 1, (n * 7) % 20));
        await Promise.all(claims.map((claim) => directory.claim(claim)));
        expect((await directory.lookup('default', station))?.generation).toEqual({ assignmentSeq: 1, offset: 19 });
      });
    });

    describe('CommandRouter', () => {
      const message = (n: number): RoutedMessage => ({
        kind: 'command',
        command: {
          tenantId: 'default',
          siteId: 'site',
          stationId: 'station',
          commandId: `command-${n}`,
          action: 'SetChargingProfile',
          payload: { limit: n, text: 'ü"\n' },
          notAfter: '2026-11-24T00:00:00.000Z',
          timeoutMs: 30_000,
          grant: { ownerEpoch: 7, grantSeq: n },
        },
      });

      it('says so when nobody listens', async () => {
        const { router } = await start();
        expect(await router.send(`edge-${randomUUID()}`, message(1))).toBe(false);
      });

      it('hands messages to the one edge, whole, once and in order', async () => {
        const { router } = await start();
        const [edge, other] = [`edge-${randomUUID()}`, `edge-${randomUUID()}`];
        const messages = Array.from({ length: 100 }, (_, n) => message(n));
        const all = Promise.withResolvers<void>();
        const got: RoutedMessage[] = [];
        const strays: RoutedMessage[] = [];
        await router.listen(edge, (one) => {
          if (got.push(one) === messages.length + 2) all.resolve();
        });
        await router.listen(other, (one) => void strays.push(one));
        const superseded: RoutedMessage = { kind: 'superseded', tenantId: 'default', stationId: 'station', connectionId: 'a' };
        const reassigned: RoutedMessage = { ...superseded, kind: 'reassigned' };
        const told = [...messages, superseded, reassigned];
        expect(await Promise.all(told.map((one) => router.send(edge, one)))).toEqual(Array(102).fill(true));
        await all.promise;
        expect(got).toEqual(told);
        expect(strays).toEqual([]);
      });

      it('finds nobody after the listener closed, and its successor afterwards', async () => {
        const { router } = await start();
        const edge = `edge-${randomUUID()}`;
        const first = await router.listen(edge, () => {
          throw new Error('closed listeners hear nothing');
        });
        await first.close();
        expect(await router.send(edge, message(1))).toBe(false);
        const heard = Promise.withResolvers<RoutedMessage>();
        await router.listen(edge, heard.resolve);
        expect(await router.send(edge, message(2))).toBe(true);
        expect(await heard.promise).toEqual(message(2));
      });

      it('checks its health', async () => {
        const { router } = await start();
        await expect(router.check()).resolves.toBeUndefined();
      });
    });
  });
}
