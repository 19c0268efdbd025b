// One bundle of every port. The product cannot tell which world stands behind it.
import type { AnswerBook } from './answer-book.js';
import type { Clock, Ids, Random } from './chance-and-time.js';
import type { Database } from './database.js';
import type { EventLog } from './event-log.js';
import type { KeyStore } from './key-store.js';
import type { CommandRouter, StationDirectory } from './routing.js';

export interface World {
  readonly kind: 'embedded' | 'cluster';
  readonly log: EventLog;
  readonly database: Database;
  readonly router: CommandRouter;
  readonly directory: StationDirectory;
  readonly book: AnswerBook;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  /** Closes everything it opened, the log last. */
  close(): Promise<void>;
}
