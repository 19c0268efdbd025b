// Server-sent events from the feed table: one poller per process, whatever the number of listeners; any replica can resume any listener.
// What a changed subject looks like now is read from its rows by the caller.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ToldUpTo } from '#contracts';
import type { Logger } from '#observability';
import type { Cancel, Clock, Database } from '#ports';
import { FEED_KINDS, type FeedKind } from './definition.js';

/**
 * Where a listener is: (transaction that wrote the entry, its number). Numbers alone are not enough: of two transactions that write at
 * the same time the later number may become visible first, and whoever had passed it would never see the other.
 */
export type Place = readonly [xid: string, seq: number];

interface FeedRow {
  readonly xid: string;
  readonly seq: number;
  readonly kind: FeedKind;
  readonly subject: string;
  readonly at: Date;
}
/** What became of a subject, as it is now, at the place of its latest entry. */
export interface FeedChange {
  readonly place: Place;
  readonly at: Date;
  readonly kind: FeedKind;
  readonly subject: string;
  readonly state: unknown;
}
/** The subject's present state, or null when it has none. */
export type Describe = (tenantId: string, kind: FeedKind, subjects: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;

const POLL_MS = 250;
const HEARTBEAT_MS = 15_000;
const PAGE = 2000;
/** Then it comes again and says who it is: a key that was taken back, or a session that is over, hears no more. */
const LONGEST_STREAM_MS = 900_000;
/** Streams one key may have open at a process: each is looked after by itself. */
export const STREAMS_OF_KEY = 100;
/** A listener that lets this much pile up is cut; it resumes where it was. */
const SLOW_LISTENER_BYTES = 4_194_304;
const KEPT_ROWS = 200_000;
const OLDEST_GO = 'delete from feed where (xid, seq) <= (select xid, seq from feed order by xid desc, seq desc offset $1 limit 1)';
/** An entry waits until these services have written what it tells of, but no longer than that. They have use for whatever has an entry (ADR 0111). */
const DESCRIBING_SERVICES = ['session', 'load-balancing', 'billing'];
const LONGEST_WAIT = '2 seconds';

interface Listener {
  readonly response: ServerResponse;
  readonly tenantId: string;
  /** Whose key it came with. */
  readonly name: string | undefined;
  /** Absent = all sites of the tenant. */
  readonly sites: readonly string[] | undefined;
  readonly sinceMs: number;
  place: Place;
  lastWriteMs: number;
}

/** Of a feed that was made anew from the whole log, the entries it would have had: the latest. */
export const latestOfFeed = (database: Pick<Database, 'query'>, count = KEPT_ROWS) =>
  database.query('delete from feed where at <= (select at from feed order by at desc offset $1 limit 1)', [count]);

export const placeText = (place: Place): string => place.join('.');
const markOf = (place: Place): string => `id: ${placeText(place)}\nevent: mark\ndata: {}\n\n`;
/** `<xid>.<seq>`; undefined for anything else. */
export function parsePlace(text: string | undefined): Place | undefined {
  const match = /^(\d{1,19})\.(\d{1,15})$/.exec(text ?? '');
  return match ? [match[1] as string, Number(match[2])] : undefined;
}
export const isBefore = ([xid, seq]: Place, [otherXid, otherSeq]: Place): boolean =>
  xid === otherXid ? seq < otherSeq : BigInt(xid) < BigInt(otherXid);

export class FeedHub {
  private readonly listeners = new Set<Listener>();
  private cancel: Cancel | undefined;
  private polling: Promise<void> = Promise.resolve();
  private stopped = false;
  private place: Place = ['0', 0];

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly describe: Describe,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.place = await this.lastPlace();
    this.next();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    await this.polling;
    for (const { response } of this.listeners) response.end();
    this.listeners.clear();
  }

  hasRoomFor({ tenantId, name }: { readonly tenantId: string; readonly name: string }): boolean {
    const own = [...this.listeners].filter((listener) => listener.tenantId === tenantId && listener.name === name);
    return own.length < STREAMS_OF_KEY;
  }

  /** Streams to one listener, from behind `Last-Event-ID` where that is given, else from now on. */
  serve(
    { tenantId, name, sites }: { readonly tenantId: string; readonly name?: string; readonly sites?: readonly string[] },
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const given = parsePlace(request.headers['last-event-id']?.toString());
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    response.write(`retry: 2000\n: connected\n\n`);
    const listener: Listener = {
      response,
      tenantId,
      name,
      sites,
      sinceMs: this.clock.now(),
      place: given !== undefined && isBefore(given, this.place) ? given : this.place,
      lastWriteMs: this.clock.now(),
    };
    this.listeners.add(listener);
    response.on('close', () => this.listeners.delete(listener));
  }

  private next(): void {
    if (this.stopped) return;
    this.cancel = this.clock.after(POLL_MS, () => {
      this.polling = this.poll()
        .catch((error: unknown) => this.logger.warn({ err: error }, 'the feed waits: its rows could not be read'))
        .finally(() => this.next());
    });
  }

  private async lastPlace(): Promise<Place> {
    const { rows } = await this.database.query<FeedRow>(
      `select xid::text, seq from feed where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, seq desc limit 1`,
    );
    return rows[0] === undefined ? ['0', 0] : [rows[0].xid, Number(rows[0].seq)];
  }

  private async poll(): Promise<void> {
    await this.advance();
    for (const listener of this.listeners) {
      if (isBefore(listener.place, this.place)) await this.send(listener);
      if (this.clock.now() - listener.sinceMs > LONGEST_STREAM_MS) this.end(listener);
      else if (this.clock.now() - listener.lastWriteMs > HEARTBEAT_MS) this.write(listener, ': still here\n\n');
    }
  }

  /** Up to the first entry that could still be overtaken, or whose subject is not written yet. */
  private async advance(): Promise<void> {
    const { rows } = await this.database.query<{ xid: string; seq: number; isTold: boolean }>(
      `select xid::text, seq, at < now() - interval '${LONGEST_WAIT}' or not exists (
         select 1 from service_positions as p where p.service = any($4::text[])
         and p.topic = feed.topic and p.partition = feed.partition and p.next_offset <= feed.record_offset) as "isTold"
       from feed where (xid, seq) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, seq limit $3`,
      [...this.place, PAGE, DESCRIBING_SERVICES],
    );
    const waiting = rows.findIndex(({ isTold }) => !isTold);
    const last = rows.at(waiting < 0 ? -1 : waiting - 1);
    if (last === undefined || waiting === 0) return;
    this.place = [last.xid, Number(last.seq)];
    if (this.place[1] % 1000 < 50) await this.database.query(OLDEST_GO, [KEPT_ROWS]);
  }

  /** The last entry that everybody may be told of. */
  head(): Place {
    return this.place;
  }

  /** Up to where the records are that a place has behind it. */
  async toldUpTo(tenantId: string, place: Place): Promise<ToldUpTo> {
    const { rows } = await this.database.query<{ topic: string; last: ToldUpTo[string] }>(
      `select topic, jsonb_object_agg(partition, last) as last from (select topic, partition, max(record_offset) as last from feed
         where tenant_id = $1 and (xid, seq) <= ($2::xid8, $3::bigint) group by 1, 2) each group by topic`,
      [tenantId, ...place],
    );
    return Object.fromEntries(rows.map(({ topic, last }) => [topic, last]));
  }

  /**
   * What changed behind `from`, in order, each subject once, without the records of `told`; `upTo` is where to go on, before the head where it is too much
   * for one look.
   */
  async changes(
    tenantId: string,
    from: Place,
    kinds: readonly FeedKind[] = FEED_KINDS,
    told: ToldUpTo | null = null,
  ): Promise<{ readonly changes: readonly FeedChange[]; readonly upTo: Place }> {
    const { place: head } = this;
    const { rows } = await this.database.query<FeedRow>(
      `select xid::text, seq, kind, subject, at from feed
       where tenant_id = $1 and (xid, seq) > ($2::xid8, $3::bigint) and (xid, seq) <= ($4::xid8, $5::bigint)
         and record_offset > coalesce(($7::jsonb -> topic ->> partition::text)::bigint, -1) order by xid, seq limit $6`,
      [tenantId, ...from, ...head, PAGE, told === null ? null : JSON.stringify(told)],
    );
    const latest = new Map<string, FeedRow>();
    for (const row of rows) {
      const key = `${row.kind} ${row.subject}`;
      latest.delete(key); // its place is that of its latest entry
      latest.set(key, row);
    }
    const states = new Map<FeedKind, ReadonlyMap<string, unknown>>();
    for (const kind of kinds) {
      const subjects = [...latest.values()].filter((row) => row.kind === kind).map(({ subject }) => subject);
      if (subjects.length > 0) states.set(kind, await this.describe(tenantId, kind, subjects));
    }
    const changes = [...latest.values()].flatMap(({ xid, seq, at, kind, subject }): readonly FeedChange[] => {
      const state = states.get(kind)?.get(subject);
      return state === undefined ? [] : [{ place: [xid, Number(seq)], at, kind, subject, state: state ?? { subject } }];
    });
    const last = rows.at(-1);
    return { changes, upTo: last === undefined || rows.length < PAGE ? head : [last.xid, Number(last.seq)] };
  }

  private async send(listener: Listener): Promise<void> {
    const { changes, upTo } = await this.changes(listener.tenantId, listener.place);
    const { sites } = listener;
    const own = changes.filter(({ state }) => sites === undefined || sites.includes((state as { readonly siteId?: string }).siteId ?? ''));
    const inOrder = FEED_KINDS.flatMap((kind) => own.filter((change) => change.kind === kind));
    const texts = inOrder.map(({ kind, state }) => `event: ${kind}\ndata: ${JSON.stringify(state)}\n\n`);
    listener.place = upTo;
    this.write(listener, texts.join('') + markOf(upTo));
  }

  private end(listener: Listener): void {
    this.listeners.delete(listener);
    listener.response.end(markOf(listener.place));
  }

  private write(listener: Listener, text: string): void {
    if (listener.response.writableLength > SLOW_LISTENER_BYTES) {
      listener.response.destroy();
      return;
    }
    listener.lastWriteMs = this.clock.now();
    listener.response.write(text);
  }
}
