// What every connection of an edge shares: ports, memory, bounds and the ways out. Built once in edge.ts.
// Nothing is decided here.
import type { Budgets } from '#kernel';
import type { Logger } from '#observability';
import type { Clock, Ids, KeyStore, RoutedCommand, StationEntry } from '#ports';
import type { CertificateDesk } from './admission/client-certificate.js';
import type { CloseWaves } from './admission/close-waves.js';
import type { StationPath } from './admission/path.js';
import type { Proxies } from './admission/proxies.js';
import type { EdgeConfig } from './config.js';
import type { Connection, ConnectionIdentity } from './connection.js';
import type { Parking } from './inbound/parking.js';
import type { Desk } from './inbound/plan-answer.js';
import type { RepeatMemory } from './inbound/repeat-memory.js';
import type { RoundRobin } from './inbound/round-robin.js';
import type { TransactionCosts } from './inbound/transaction-costs.js';
import type { CountName, EdgeCounters } from './metrics.js';
import type { GrantFence } from './outbound/grant-fence.js';
import type { BuildRecord } from './outbound/outcome-writer.js';
import type { Outcome } from './outbound/station-calls.js';
import type { RefusalRecords } from './refusal-records.js';
import type { SiteLog } from './site-log.js';

export interface EdgeServices {
  readonly config: EdgeConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keys: KeyStore;
  readonly siteLog: SiteLog;
  readonly desk: Desk;
  readonly repeats: RepeatMemory;
  readonly costs: TransactionCosts;
  readonly parking: Parking;
  readonly fence: GrantFence;
  readonly waves: CloseWaves;
  readonly proxies: Proxies;
  readonly certificates: CertificateDesk;
  /** Makes it visible that a station that is known was not let in. */
  readonly refused: RefusalRecords;
  /** What each station may still say for now: at once, at all, and wrongly. */
  readonly budgets: { readonly prompt: Budgets; readonly calls: Budgets; readonly wrong: Budgets };
  readonly roundRobin: RoundRobin;
  /** Bytes read and not yet answered, over all sockets. */
  readonly inFlight: { bytes: number };
  readonly count: (name: CountName) => void;
  readonly answered: EdgeCounters['answered'];
  readonly limited: EdgeCounters['limited'];
  /** Runs `task` after everything that is ready to run now. */
  readonly nextTurn: (task: () => void) => void;
  /** The station's registration now; undefined only when a complete book does not know it. Never rejects for a book that is away. */
  readonly stationEntry: (path: StationPath) => Promise<StationEntry | undefined | 'bookAway'>;
  readonly recordOutcome: (command: RoutedCommand, outcome: Outcome, connection: Connection | undefined) => void;
  /** Writes until it is durable, in the order of the site's other late records; false when too many wait. */
  readonly writeLater: (siteKey: string, build: BuildRecord) => boolean;
  /** It says nothing, and is there. */
  readonly pingsAnswered: (identity: ConnectionIdentity) => void;
  /** It stood in line to be closed, and has no reason to go any more. */
  readonly answeredLate: (connection: Connection) => void;
  readonly connectionEnded: (connection: Connection, code: number, reason: string) => void;
}
