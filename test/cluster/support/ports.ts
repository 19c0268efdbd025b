// Ports for processes that are started again on the port they had.
// Servers that may take any port say 0 instead.
import { createServer } from 'node:net';

/** Below the range of outgoing connections (32768 and up): a port that is free for a moment is not taken by a client of our own. */
const [LOWEST, HIGHEST] = [18_000, 32_000];

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });

const given = new Set<number>();

/** Free on 127.0.0.1 now, and given once per test process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}
