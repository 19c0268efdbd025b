// How a connection to PostgreSQL finds out that the machine behind it is gone: such a machine closes nothing, and the kernel sends what it was told
// last for a quarter of an hour before it gives up.
import { Socket } from 'node:net';
import pg from 'pg';

const CONNECT_MS = 5_000;
/** Of a connection nobody uses, and of one that waits for what the server had taken. */
const KEEP_ALIVE_MS = 10_000;
/** Long statements are silent too: whether the server is still there is then asked of it by a new connection. */
const SILENT_MS = 20_000;

/**
 * What a pool or a client needs to know of the server at `url`. After `silentMs` without a byte the server is asked whether it is there; where it
 * is not, the connection ends with an error that says so, and so does what waits for it.
 */
export function postgresConnection(url: string, silentMs = SILENT_MS): pg.ClientConfig {
  let asking: Promise<boolean> | undefined;
  const isThere = (): Promise<boolean> => {
    asking ??= answers(url).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  const stream = (): Socket => {
    const socket = new Socket().setTimeout(silentMs);
    socket.on('timeout', async () => {
      if (await isThere()) socket.setTimeout(silentMs);
      else socket.destroy(new Error(`PostgreSQL said nothing for ${silentMs} ms and takes no new connection`));
    });
    return socket;
  };
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    stream,
  };
}

/** Whether a new connection is answered, were it with a refusal. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    return error instanceof pg.DatabaseError;
  } finally {
    client.end().catch(() => undefined);
  }
}
