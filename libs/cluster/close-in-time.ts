// Closes what a process holds on servers, one after the other, each for so long and no longer.
// What closing takes is theirs.
import type { Clock } from '#ports';
import type { OnTrouble, Trouble } from './trouble.js';

export interface Closable {
  close(): Promise<void>;
}

/** A statement that never ends, or a server that stands still, must not keep a process: what it held there is given up when it is gone. */
const CLOSE_MS = 20_000;

/** Resolves when it is closed, or was not in time, which is told with the name of the part. Rejects as it does. */
export const closeInTime =
  (clock: Pick<Clock, 'after'>, onTrouble: OnTrouble) =>
  async (server: Trouble['server'], part: string, closable: Closable): Promise<void> => {
    const patience = Promise.withResolvers<void>();
    const cancel = clock.after(CLOSE_MS, () => {
      onTrouble({ server, message: `${part}: not closed in time`, fields: { waitedMs: CLOSE_MS } });
      patience.resolve();
    });
    await Promise.race([closable.close(), patience.promise]).finally(cancel);
  };
