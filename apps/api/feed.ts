// Server-sent events from the feed table: one poller per process, whatever the number of listeners; any replica can resume any listener.
// What a changed subject looks like now is read from its rows by the caller.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#observability';
import type { Cancel, Clock, Database } from '#ports';
import type { FeedKind } from './definition.js';

export interface FeedRow {
  readonly seq: number;
  readonly kind: FeedKind;
  readonly subject: string;
}
/** The subject's present state, or null when it has none. */
export type Describe = (tenantId: string, kind: FeedKind, subjects: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;

const POLL_MS = 250;
const HEARTBEAT_MS = 15_000;
const PAGE = 2000;
/** A listener that lets this much pile up is cut; it resumes where it was. */
const SLOW_LISTENER_BYTES = 4_194_304;
const KEPT_ROWS = 200_000;

interface Listener {
  readonly response: ServerResponse;
  readonly tenantId: string;
  lastSeq: number;
  lastWriteMs: number;
}

export class FeedHub {
  private readonly listeners = new Set<Listener>();
  private cancel: Cancel | undefined;
  private lastSeq = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly describe: Describe,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.lastSeq = await this.head();
    this.next();
  }

  stop(): void {
    this.cancel?.();
    for (const { response } of this.listeners) response.end();
    this.listeners.clear();
  }

  /** Streams to one listener, from behind `Last-Event-ID` where that is given, else from now on. */
  serve(tenantId: string, request: IncomingMessage, response: ServerResponse): void {
    const given = Number(request.headers['last-event-id']);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    response.write(`retry: 2000\n: connected\n\n`);
    const listener: Listener = {
      response,
      tenantId,
      lastSeq: Number.isSafeInteger(given) && given > 0 ? Math.min(given, this.lastSeq) : this.lastSeq,
      lastWriteMs: this.clock.now(),
    };
    this.listeners.add(listener);
    response.on('close', () => this.listeners.delete(listener));
  }

  private next(): void {
    this.cancel = this.clock.after(POLL_MS, () => {
      this.poll()
        .catch((error: unknown) => this.logger.warn({ err: error }, 'the feed waits: its rows could not be read'))
        .finally(() => this.next());
    });
  }

  private async head(): Promise<number> {
    const { rows } = await this.database.query<{ seq: number | null }>('select max(seq) as seq from feed');
    return Number(rows[0]?.seq ?? 0);
  }

  private async poll(): Promise<void> {
    this.lastSeq = await this.head();
    for (const listener of this.listeners) {
      if (listener.lastSeq < this.lastSeq) await this.send(listener);
      else if (this.clock.now() - listener.lastWriteMs > HEARTBEAT_MS) this.write(listener, ': still here\n\n');
    }
    if (this.lastSeq % 1000 < 50) await this.database.query('delete from feed where seq < $1', [this.lastSeq - KEPT_ROWS]);
  }

  private async send(listener: Listener): Promise<void> {
    const { rows } = await this.database.query<FeedRow>(
      'select seq, kind, subject from feed where tenant_id = $1 and seq > $2 order by seq limit $3',
      [listener.tenantId, listener.lastSeq, PAGE],
    );
    const latest = new Map(rows.map((row) => [`${row.kind} ${row.subject}`, row]));
    const texts: string[] = [];
    for (const kind of ['site', 'station', 'session', 'load'] as const) {
      const subjects = [...latest.values()].filter((row) => row.kind === kind).map(({ subject }) => subject);
      if (subjects.length === 0) continue;
      for (const [subject, state] of await this.describe(listener.tenantId, kind, subjects))
        texts.push(`event: ${kind}\ndata: ${JSON.stringify(state ?? { subject })}\n\n`);
    }
    listener.lastSeq = rows.length < PAGE ? Math.max(listener.lastSeq, Number(rows.at(-1)?.seq ?? this.lastSeq)) : Number(rows.at(-1)?.seq);
    this.write(listener, `${texts.join('')}id: ${listener.lastSeq}\nevent: mark\ndata: {}\n\n`);
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
