// The routing contract on a real Redis, and what a lost or restarted Redis does to listeners.
// What an edge does then is tested with the edge.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, redisDirectory, redisRouter, routedText } from '#cluster';
import type { RoutedMessage } from '#ports';
import { routingContract } from '#testing';
import { redisUrl, unique } from './support/servers.js';

const onTrouble = (): void => undefined;
const text = routedText(randomBytes(32).toString('base64'));

routingContract('Redis', async () => {
  const redis = await connectRedis({ url: redisUrl(), onTrouble });
  const prefix = `${unique('routing')}:`;
  const router = redisRouter(redis, prefix, text, onTrouble);
  return {
    router,
    directory: redisDirectory(redis, prefix),
    dispose: async () => {
      await router.close();
      redis.disconnect();
    },
  };
});

describe('two processes on one Redis', () => {
  const prefix = `${unique('routing')}:`;
  let first: Awaited<ReturnType<typeof connectRedis>>;
  let second: typeof first;
  beforeAll(async () => {
    [first, second] = await Promise.all([connectRedis({ url: redisUrl(), onTrouble }), connectRedis({ url: redisUrl(), onTrouble })]);
  });
  afterAll(() => {
    first.disconnect();
    second.disconnect();
  });

  const message: RoutedMessage = { kind: 'superseded', tenantId: 'default', stationId: 's', connectionId: 'c' };

  it('a message sent by one reaches the listener of the other', async () => {
    const [here, there] = [redisRouter(first, prefix, text, onTrouble), redisRouter(second, prefix, text, onTrouble)];
    const heard = Promise.withResolvers<RoutedMessage>();
    const listening = await there.listen('edge-1', heard.resolve);
    expect(await here.send('edge-1', message)).toBe(true);
    expect(await heard.promise).toEqual(message);
    await listening.close();
    expect(await here.send('edge-1', message)).toBe(false);
  });

  it('an edge id has one listener in the whole network', async () => {
    const [here, there] = [redisRouter(first, prefix, text, onTrouble), redisRouter(second, prefix, text, onTrouble)];
    const listening = await here.listen('edge-2', () => undefined);
    await expect(there.listen('edge-2', () => undefined)).rejects.toThrow('listening already');
    await listening.close();
    await (await there.listen('edge-2', () => undefined)).close();
  });

  it('a successor under the same edge id is found by who sent to its predecessor', async () => {
    const [here, there] = [redisRouter(first, prefix, text, onTrouble), redisRouter(second, prefix, text, onTrouble)];
    const before = await there.listen('edge-3', () => undefined);
    expect(await here.send('edge-3', message)).toBe(true);
    await before.close();
    const heard = Promise.withResolvers<RoutedMessage>();
    const after = await there.listen('edge-3', heard.resolve);
    expect(await here.send('edge-3', message)).toBe(true);
    expect(await heard.promise).toEqual(message);
    await after.close();
  });

  it('leaves no queue behind', async () => {
    expect(await first.keys(`${prefix}*`)).toEqual([]);
  });
});

describe('a command that waits in Redis', () => {
  const prefix = `${unique('routing')}:`;
  const edgeKey = `${prefix}edge:"edge-1"`;
  const PASSWORD = 'a-new-password-of-station-7';
  const payload = { key: 'AuthorizationKey', value: PASSWORD };
  const command = { tenantId: 'default', siteId: 's', stationId: '7', commandId: 'c', action: 'ChangeConfiguration', payload };
  const message: RoutedMessage = { kind: 'command', command: { ...command, notAfter: '2026-11-24T00:00:00.000Z', timeoutMs: 30_000 } };
  const troubles: string[] = [];
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  let router: ReturnType<typeof redisRouter>;
  beforeAll(async () => {
    redis = await connectRedis({ url: redisUrl(), onTrouble });
    router = redisRouter(redis, prefix, text, (trouble) => troubles.push(trouble.message));
  });
  afterAll(async () => {
    await router.close();
    redis.disconnect();
  });
  /** Somebody of whom nothing is known but the id: what is meant for him stays in his queue. */
  const waitingFor = async (listener: string): Promise<readonly string[]> => {
    await redis.set(edgeKey, listener);
    expect(await router.send('edge-1', message)).toBe(true);
    const queue = `${edgeKey}:${listener}`;
    const waiting = await redis.lrange(queue, 0, -1);
    await redis.del(edgeKey, queue);
    return waiting;
  };

  it('says nothing to whoever reads there, or watches every request', async () => {
    const watcher = await redis.monitor();
    const seen: string[] = [];
    const last = Promise.withResolvers<void>();
    watcher.on('monitor', (_, args: string[]) => {
      seen.push(args.join(' '));
      if (args.includes('the end')) last.resolve();
    });
    const heard = Promise.withResolvers<RoutedMessage>();
    const listening = await router.listen('edge-1', heard.resolve);
    expect(await router.send('edge-1', message)).toBe(true);
    expect(await heard.promise).toEqual(message);
    await listening.close();
    await redis.echo('the end');
    await last.promise;
    watcher.disconnect();
    expect(seen.join('\n')).toContain('sealed:1:');
    expect(seen.join('\n')).not.toMatch(/a-new-password|AuthorizationKey|ChangeConfiguration/);
    expect((await waitingFor('sealed-1.somebody')).join()).toMatch(/^sealed:1:[A-Za-z0-9+/=]+$/);
  });

  it('is heard by its listener alone, and not where it was altered', async () => {
    const heard: RoutedMessage[] = [];
    const all = Promise.withResolvers<void>();
    const listening = await router.listen('edge-1', (one) => {
      heard.push(one);
      all.resolve();
    });
    const listener = (await redis.get(edgeKey)) ?? '';
    const queue = `${edgeKey}:${listener}`;
    const sealed = text.write(listener, queue, message);
    const altered = `${sealed.slice(0, -8)}AAAA${sealed.slice(-4)}`;
    const forAnother = text.write(listener, `${queue}x`, message);
    const underAnotherKey = routedText(randomBytes(32).toString('base64')).write(listener, queue, message);
    await redis.rpush(queue, altered, forAnother, underAnotherKey, sealed);
    await all.promise;
    expect(heard).toEqual([message]);
    expect(troubles).toEqual(Array(3).fill('a listener rejected a message'));
    await listening.close();
  });

  it('goes in clear to an edge of the version before, and is heard in clear from a sender of it', async () => {
    expect(await waitingFor('5c0c1d8e-of-the-version-before')).toEqual([JSON.stringify(message)]);
    const heard = Promise.withResolvers<RoutedMessage>();
    const listening = await router.listen('edge-1', heard.resolve);
    await redis.rpush(`${edgeKey}:${await redis.get(edgeKey)}`, JSON.stringify(message));
    expect(await heard.promise).toEqual(message);
    await listening.close();
  });
});
