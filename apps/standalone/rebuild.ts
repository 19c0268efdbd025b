// All rows again from the log: every service folds every partition of its inputs into empty tables. Who asks for it, and where, is in replay.ts.
import { apiDefinition, auditDefinition, vtnDefinition } from '#apps/api';
import { billingDefinition, invoicingDefinition, paymentsDefinition } from '#apps/billing';
import { gridDefinition } from '#apps/grid';
import { loadBalancingDefinition, networkLimitsDefinition } from '#apps/load-balancing';
import { meteringDefinition } from '#apps/metering';
import { sessionDefinition } from '#apps/session';
import { stationsDefinition, tokenListsDefinition } from '#apps/stations';
import type { Database, EventLog } from '#ports';
import { nameOfRows, type ReplayReport, replayTogether, type ServiceDefinition } from '#service';

// biome-ignore lint/suspicious/noExplicitAny: services of different states and inputs in one list; each is only used with itself
type AnyService = ServiceDefinition<any, any>;
export const SERVICES: readonly AnyService[] = [
  sessionDefinition,
  loadBalancingDefinition,
  networkLimitsDefinition,
  meteringDefinition,
  stationsDefinition,
  tokenListsDefinition,
  billingDefinition,
  invoicingDefinition,
  paymentsDefinition,
  gridDefinition,
  apiDefinition,
  auditDefinition,
  vtnDefinition,
];

/** Names what all of them write, for a directory that an older version left. */
export const ROWS = nameOfRows(SERVICES);

export interface Place {
  readonly service: AnyService;
  readonly topic: string;
  readonly partition: number;
  /** Offset to stop before. */
  readonly end: number;
}
/** Where each input of each service ends, by what `endOf` says; partitions without records are left out. */
export async function placesOf(
  log: Pick<EventLog, 'partitionCount'>,
  endOf: (place: Omit<Place, 'end'>) => Promise<number>,
): Promise<readonly Place[]> {
  const found: Place[] = [];
  for (const service of SERVICES)
    for (const topic of service.inputs)
      for (let partition = 0; partition < log.partitionCount(topic); partition++) {
        const end = await endOf({ service, topic, partition });
        if (end > 0) found.push({ service, topic, partition, end });
      }
  return found;
}

export const placesToHead = (log: Pick<EventLog, 'partitionCount' | 'head'>): Promise<readonly Place[]> =>
  placesOf(log, ({ topic, partition }) => log.head(topic, partition));

export async function emptyRows(database: Database): Promise<void> {
  const tables = SERVICES.flatMap(({ tables: own }) => own.map(({ name }) => name));
  // Places of the feed that goes as well; how far each was told is in the log (ADR 0096).
  const places = ['webhook_cursors', 'service_positions', 'service_states', 'service_outbox', 'parked_records'];
  await database.query(`truncate ${[...tables, ...places].join(', ')}`);
}

/** Places of one partition, for services that fold it together; a report for each, in order. */
export type Folding = (together: readonly Place[]) => Promise<readonly ReplayReport[]>;
export type OnFolded = (place: Place, report: ReplayReport, ms: number) => void;

/** As much as all others of a site take together: where partitions are few, it goes beside them. */
const isAlone = ({ service }: Place): boolean => service.name === loadBalancingDefinition.name;

/**
 * Each of `foldings` takes one partition after the other, for services that read it together: every second one from the end, where load balancing is.
 * Whoever folds the same service again has compiled it already. Rejects with the first failure once nothing runs any more.
 */
export async function foldAll(places: readonly Place[], foldings: readonly Folding[], onDone: OnFolded): Promise<void> {
  const ordered = [...places.filter((place) => !isAlone(place)), ...places.filter(isAlone)];
  const waiting = [...Map.groupBy(ordered, (place) => `${place.topic}/${place.partition}/${isAlone(place)}`).values()];
  const work = async (fold: Folding, index: number): Promise<void> => {
    const next = () => (index % 2 === 0 ? waiting.shift() : waiting.pop());
    for (let together = next(); together !== undefined; together = next()) {
      const startedAt = Date.now();
      const reports = await fold(together);
      for (const [at, place] of together.entries()) onDone(place, reports[at] as ReplayReport, Date.now() - startedAt);
    }
  };
  const outcomes = await Promise.allSettled(foldings.map(work));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** As many partitions at once: while the database writes the rows of one, another is folded. */
const AT_ONCE = 2;

/** In this thread. */
export const foldingHere =
  (log: Pick<EventLog, 'read' | 'head' | 'partitionCount'>, database: Database, redecide = false): Folding =>
  (together) =>
    replayTogether(log, database, together, together[0] as Place, redecide);

/** In this thread; in several: rebuild-threads.ts. */
export function rebuildRows(
  log: Pick<EventLog, 'read' | 'head' | 'partitionCount'>,
  database: Database,
  places: readonly Place[],
  onDone: OnFolded,
  redecide = false,
): Promise<void> {
  const fold = foldingHere(log, database, redecide);
  return foldAll(
    places,
    Array.from({ length: AT_ONCE }, () => fold),
    onDone,
  );
}
