// Tells webhooks what changed: each in the order of the feed, at least once, from where it was; what is not taken is tried again, later and later, and what
// takes nothing for days is disabled. States of a webhook: Following → Failing (waits for nextAt) → Following | Disabled.
// Run by whoever holds the first partition of network-events, as the reconciliation is; one attempt is deliver.ts's.
import type { ToldUpTo } from '#contracts';
import type { Logger } from '#observability';
import { readable, type World } from '#ports';
import { type FeedHub, isBefore, type Place } from '../feed.js';
import { append, passed, passedHead } from '../requests.js';
import { type Deliver, isMail, MOST_IN_A_MAIL, type Outcome, type Webhook } from './deliver.js';
import { feedKindsOf, type Message, messageOf } from './messages.js';

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** 5 s, 20 s, 80 s, … six hours. */
export const waitAfter = (failures: number): number => Math.min(FIRST_WAIT_MS * 4 ** Math.max(0, failures - 1), LONGEST_WAIT_MS);
/** Who takes nothing for so long gets nothing any more. */
const DISABLED_AFTER_MS = 3 * 86_400_000;
const KEPT_DELIVERIES_DAYS = 30;
/** What was told since the last note is told again where rows are made anew. */
const NOTED_EVERY_MS = 10 * 60_000;
/** 410: never again (Standard Webhooks). */
const GONE = 410;

interface Following extends Webhook {
  readonly xid: string | null;
  readonly seq: number | null;
  readonly failures: number | null;
  readonly failingSince: Date | null;
  /** Told before these rows were made. */
  readonly told: ToldUpTo | null;
  readonly isNoted: boolean | null;
  readonly notedAt: Date | null;
  /** As it is noted in the log; null: never was. */
  readonly noted: ToldUpTo | null;
}

export const WEBHOOK = `w.tenant_id as "tenantId", w.webhook_id as "webhookId", w.target, w.kinds, w.severity, w.secret, w.previous_secret as "previousSecret",
  w.previous_until as "previousUntil"`;
const FOLLOWING = `select ${WEBHOOK}, c.xid::text, c.seq, c.failures, c.failing_since as "failingSince",
  c.told, c.is_noted as "isNoted", c.noted_at as "notedAt", w.told as noted
  from webhooks w left join webhook_cursors c using (tenant_id, webhook_id)
  where w.is_enabled and w.removed_at is null`;
const DUE = `${FOLLOWING} and (c.next_at is null or c.next_at <= $1)`;

export class WebhookSender {
  readonly #busy = new Map<string, Promise<void>>();

  constructor(
    private readonly world: World,
    private readonly feed: Pick<FeedHub, 'head' | 'changes' | 'toldUpTo'>,
    private readonly deliver: Deliver,
    private readonly logger: Logger,
  ) {}

  /** Starts to tell each webhook that is due; one that is slow holds up no other. */
  async look(): Promise<void> {
    const { database, clock } = this.world;
    const { rows } = await database.query<Following>(DUE, [new Date(clock.now())]);
    for (const webhook of rows) {
      const key = `${webhook.tenantId}/${webhook.webhookId}`;
      if (this.#busy.has(key)) continue;
      const work = this.#tell(webhook)
        .catch((error: unknown) =>
          this.logger.warn({ err: error, webhookId: webhook.webhookId }, 'a webhook waits: its rows could not be read or written'),
        )
        .finally(() => this.#busy.delete(key));
      this.#busy.set(key, work);
    }
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values());
  }

  async #tell(webhook: Following): Promise<void> {
    const { tenantId, xid, seq } = webhook;
    if (xid === null || seq === null) return this.#begin(webhook);
    let place: Place = [xid, seq];
    if (!webhook.isNoted && (webhook.notedAt?.getTime() ?? 0) <= this.world.clock.now() - NOTED_EVERY_MS) await this.#note(webhook, place);
    if (!isBefore(place, this.feed.head())) return;
    const { changes, upTo } = await this.feed.changes(tenantId, place, feedKindsOf(webhook), webhook.told);
    const messages = changes.flatMap((change) => messageOf(change, webhook) ?? []);
    for (const together of await this.#parcels(webhook, messages)) {
      const outcome = await this.deliver(webhook, together, (webhook.failures ?? 0) + 1);
      if (!outcome.isDelivered) return this.#failed(webhook, place, outcome);
      const next = placeOf(together.at(-1)) ?? place;
      if (!(await this.#move(webhook, place, next))) return; // somebody asked for another place meanwhile
      place = next;
    }
    await this.#move(webhook, place, upTo);
  }

  async #parcels(webhook: Webhook, messages: readonly Message[]): Promise<readonly (readonly Message[])[]> {
    const target = (await readable(this.world.keys, webhook.target)) ?? '';
    const size = isMail(target) ? MOST_IN_A_MAIL : 1;
    return Array.from({ length: Math.ceil(messages.length / size) }, (_, index) => messages.slice(index * size, (index + 1) * size));
  }

  /** From now on; where it was told before these rows were made, behind what it was told. */
  async #begin({ tenantId, webhookId }: Webhook): Promise<void> {
    await passedHead(this.world, 'api', 'network-events', tenantId);
    await this.world.database.query(
      `insert into webhook_cursors (tenant_id, webhook_id, xid, seq, told)
       select tenant_id, webhook_id, case when told is null then $3::text::xid8 else '0' end, case when told is null then $4::bigint else 0 end, told
       from webhooks where tenant_id = $1 and webhook_id = $2 on conflict do nothing`,
      [tenantId, webhookId, ...this.feed.head()],
    );
  }

  /** Writes down how far it was told, in places that a rebuild knows. */
  async #note({ tenantId, webhookId, told, noted }: Following, place: Place): Promise<void> {
    const upTo = later(later(noted ?? {}, told ?? {}), await this.feed.toldUpTo(tenantId, place));
    await append(this.world, 'network-events', { type: 'WebhookTold', tenantId, data: { webhookId, told: upTo } });
    await this.world.database.query(
      `update webhook_cursors set is_noted = true, noted_at = $5 where tenant_id = $1 and webhook_id = $2 and xid = $3::text::xid8 and seq = $4`,
      [tenantId, webhookId, ...place, new Date(this.world.clock.now())],
    );
  }

  /** Before somebody else tells, or rows are made anew: notes where each is that was told something since it was noted. */
  async noteAll(): Promise<void> {
    const { rows } = await this.world.database.query<Following>(`${FOLLOWING} and not c.is_noted`);
    for (const webhook of rows) if (webhook.xid !== null && webhook.seq !== null) await this.#note(webhook, [webhook.xid, webhook.seq]);
  }

  /** False where it is not at `from` any more. */
  async #move({ tenantId, webhookId }: Webhook, from: Place, to: Place): Promise<boolean> {
    const { rowCount } = await this.world.database.query(
      `update webhook_cursors set xid = $5::text::xid8, seq = $6, is_noted = false, failures = 0, failing_since = null, next_at = null, last_error = null
       where tenant_id = $1 and webhook_id = $2 and xid = $3::text::xid8 and seq = $4`,
      [tenantId, webhookId, ...from, ...to],
    );
    return rowCount === 1;
  }

  async #failed(webhook: Following, place: Place, { status, error }: Outcome): Promise<void> {
    const { tenantId, webhookId } = webhook;
    const { database, clock } = this.world;
    // After something was taken a failure is the first one again.
    const isFirst = webhook.failures === null || place[0] !== webhook.xid || place[1] !== webhook.seq;
    const failures = isFirst ? 1 : (webhook.failures ?? 0) + 1;
    const since = isFirst ? clock.now() : (webhook.failingSince?.getTime() ?? clock.now());
    const { rowCount } = await database.query(
      `update webhook_cursors set failures = $5, failing_since = $6, next_at = $7, last_error = $8
       where tenant_id = $1 and webhook_id = $2 and xid = $3::text::xid8 and seq = $4`,
      [tenantId, webhookId, ...place, failures, new Date(since), new Date(clock.now() + waitAfter(failures)), error],
    );
    if (rowCount === 0) return;
    if (status === GONE) return this.#disable(webhook, 'its server answered 410: gone');
    if (clock.now() - since >= DISABLED_AFTER_MS)
      await this.#disable(webhook, `nothing was taken since ${new Date(since).toISOString()}: ${error}`);
  }

  async #disable({ tenantId, webhookId }: Webhook, reason: string): Promise<void> {
    this.logger.warn({ tenantId, webhookId, reason }, 'a webhook is disabled');
    const position = await append(this.world, 'network-events', { type: 'WebhookDisabled', tenantId, data: { webhookId, reason } });
    await passed(this.world, 'api', position);
  }

  async forget(): Promise<void> {
    await this.world.database.query('delete from webhook_deliveries where at < $1', [
      new Date(this.world.clock.now() - KEPT_DELIVERIES_DAYS * 86_400_000),
    ]);
  }
}

/** Of two the later place in each partition. */
function later(a: ToldUpTo, b: ToldUpTo): ToldUpTo {
  const topics = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const of = (topic: string): ToldUpTo[string] => {
    const both = [...Object.entries(a[topic] ?? {}), ...Object.entries(b[topic] ?? {})];
    return both.reduce<Record<string, number>>((so, [partition, offset]) => {
      so[partition] = Math.max(so[partition] ?? -1, offset);
      return so;
    }, {});
  };
  return Object.fromEntries(topics.map((topic) => [topic, of(topic)]));
}

function placeOf(message: Message | undefined): Place | undefined {
  const [xid, seq] = message?.position?.split('.') ?? [];
  return xid === undefined || seq === undefined ? undefined : [xid, Number(seq)];
}
