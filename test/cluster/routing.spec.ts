// The routing contract on a real Redis, and what a lost or restarted Redis does to listeners.
// What an edge does then is tested with the edge.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, redisDirectory, redisRouter } from '#cluster';
import type { RoutedMessage } from '#ports';
import { routingContract } from '#testing';
import { redisUrl, unique } from './support/servers.js';

const onTrouble = (): void => undefined;

routingContract('Redis', async () => {
  const redis = await connectRedis({ url: redisUrl(), onTrouble });
  const prefix = `${unique('routing')}:`;
  const router = redisRouter(redis, prefix, onTrouble);
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
    const [here, there] = [redisRouter(first, prefix, onTrouble), redisRouter(second, prefix, onTrouble)];
    const heard = Promise.withResolvers<RoutedMessage>();
    const listening = await there.listen('edge-1', heard.resolve);
    expect(await here.send('edge-1', message)).toBe(true);
    expect(await heard.promise).toEqual(message);
    await listening.close();
    expect(await here.send('edge-1', message)).toBe(false);
  });

  it('an edge id has one listener in the whole network', async () => {
    const [here, there] = [redisRouter(first, prefix, onTrouble), redisRouter(second, prefix, onTrouble)];
    const listening = await here.listen('edge-2', () => undefined);
    await expect(there.listen('edge-2', () => undefined)).rejects.toThrow('listening already');
    await listening.close();
    await (await there.listen('edge-2', () => undefined)).close();
  });

  it('leaves no queue behind', async () => {
    expect(await first.keys(`${prefix}*`)).toEqual([]);
  });
});
