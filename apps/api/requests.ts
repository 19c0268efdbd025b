// Writes of the HTTP interface: a durable fact, then the answer of whoever decides on it, then rows that show it.
// Whether a configuration fits the fuses is decided by the site's owner, never here.
import {
  type BillingEvent,
  type ConfigurationChange,
  type Envelope,
  encode,
  type NetworkEvent,
  type SiteEvent,
  type Topic,
} from '#contracts';
import { sha256, uuidV5 } from '#kernel';
import { during, newTrace } from '#observability';
import type { Position, World } from '#ports';
import { awaited } from './awaited.js';
import { conflict, Problem, refused, unavailable } from './problem.js';

const ANSWER_WITHIN_MS = 15_000;
const LOOK_AGAIN_MS = 20;

/** Resolves with the first value that is not undefined; undefined when the time is over. */
export async function poll<T>(
  { clock }: Pick<World, 'clock'>,
  withinMs: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const until = clock.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined || clock.now() > until) return value;
    await new Promise((resolve) => clock.after(LOOK_AGAIN_MS, () => resolve(undefined)));
  }
}

type Fact<E extends Envelope> = E extends Envelope ? Omit<E, 'source' | 'time' | 'id'> & { readonly id?: string } : never;

/** Appends one fact and answers where it is. */
export async function append(world: World, topic: Topic, fact: Fact<SiteEvent | NetworkEvent>): Promise<Position> {
  const [position] = await appendAll(world, topic, [fact]);
  if (position === undefined) throw unavailable('the log gave no position');
  return position;
}

/** Appends facts together and answers where each of them is. */
export async function appendAll(
  world: World,
  topic: Topic,
  facts: readonly Fact<SiteEvent | NetworkEvent | BillingEvent>[],
): Promise<readonly Position[]> {
  const span = newTrace()?.begin({ kind: 'server', name: `api ${facts[0]?.type ?? 'nothing'}` });
  return during(span, async () => {
    const now = { source: '/api', time: new Date(world.clock.now()).toISOString() };
    const common = span === undefined ? now : { ...now, traceparent: span.traceparent };
    const records = facts.map((fact) => encode({ ...common, id: world.ids.next(), ...fact } as Envelope));
    for (const { value } of records) refuseTooLarge(Buffer.byteLength(value));
    return world.log.append(topic, records);
  });
}

/** What a log takes in one record, with room for its headers: brokers refuse more than 1 MiB unless they are told otherwise. */
const LARGEST_RECORD_BYTES = 900_000;

function refuseTooLarge(bytes: number): void {
  if (bytes <= LARGEST_RECORD_BYTES) return;
  const detail = `this is ${bytes} bytes as it would be recorded, and one record holds ${LARGEST_RECORD_BYTES}: say it in several parts`;
  throw new Problem(413, 'too-large', 'Too large', detail);
}

/** Waits until `service` has committed everything up to `position`, so that the next read sees it. */
export async function passed(world: World, service: string, position: Position): Promise<void> {
  const done = await awaited(world).passages.ask({ service, ...position }, ANSWER_WITHIN_MS);
  if (!done) throw unavailable(`what was written is durable, but the ${service} service has not shown it yet`);
}

/** Waits until `service` has committed everything there is of a tenant in `topic`. */
export async function passedHead(world: World, service: string, topic: Topic, tenantId: string): Promise<void> {
  const partition = world.log.partitionOf(topic, tenantId);
  const head = await world.log.head(topic, partition);
  if (head > 0) await passed(world, service, { topic, partition, offset: head - 1 });
}

/** What is refused because something uses it is a conflict, with what to do. */
export function inUse(error: unknown): never {
  throw error instanceof Problem && error.status === 422 ? conflict(error.message, error.errors) : error;
}

/** Asks the site's owner for a change and answers with the new version; refused changes become problems. */
export async function configure(
  world: World,
  tenantId: string,
  siteId: string,
  change: ConfigurationChange,
  {
    requestedBy,
    ifMatch,
    idempotencyKey,
  }: { readonly requestedBy: string; readonly ifMatch?: number | undefined; readonly idempotencyKey?: string | undefined },
): Promise<number> {
  const requestId =
    idempotencyKey === undefined ? world.ids.next() : uuidV5('request', tenantId, siteId, idempotencyKey, sha256(JSON.stringify(change)));
  const stationId = change.kind === 'station' ? change.config.stationId : change.kind === 'stationRemoved' ? change.stationId : undefined;
  await append(world, 'site-events', {
    type: 'ConfigurationRequested',
    tenantId,
    siteId,
    ...(stationId !== undefined && { stationId }),
    data: { requestId, requestedBy, change, ...(ifMatch !== undefined && { ifMatch }) },
  });
  const outcome = await awaited(world).outcomes.ask({ tenantId, requestId }, ANSWER_WITHIN_MS);
  if (outcome === undefined)
    throw unavailable(`nobody balances the site ${siteId} at the moment; the request is recorded and will be decided`);
  if (outcome.state === 'refused') {
    if (outcome.reasons.some(({ path }) => path === 'ifMatch'))
      throw new Problem(412, 'changed-meanwhile', 'Somebody else changed it meanwhile', outcome.reasons[0]?.message, outcome.reasons);
    throw refused(outcome.reasons);
  }
  await Promise.all([passed(world, 'session', outcome.at), passed(world, 'load-balancing', outcome.at)]);
  return outcome.version;
}
