// Limits that utilities write to a topic of the log instead of calling POST /v1/grid/limits: the same body, the same rules, the same records that follow.
// Who may write to the topic is the broker's to say; how a site keeps below a limit is load balancing's.
import { z } from 'zod';
import { type Envelope, encode, type GridLimitRefused, type GridLimitTaken, LIMIT_TOPICS } from '#contracts';
import { uuidV5 } from '#kernel';
import type { EventLog, LogRecord, Subscription, World } from '#ports';
import type { Logger } from '#service';
import type { TakeLimit, WithdrawLimit } from './grid-limits.js';
import { Problem } from './problem.js';
import { isStorable } from './reading.js';
import * as shapes from './schemas.js';

const { asked, outcomes } = LIMIT_TOPICS;
/** Of a refused text, as it is kept [characters]. */
const KEPT = 100_000;
/** Of its reasons: all of an outcome has to fit into one record, or nothing behind it would ever be taken. */
const MOST_ERRORS = 20;
const short = (text: string): string => text.slice(0, 300);
/** How far back the last outcome of a partition is looked for: one is written for each record. */
const BACK = 100;

type Outcome = GridLimitTaken | GridLimitRefused;
const Withdrawal = z.strictObject({
  withdrawn: z.literal(true),
  siteId: shapes.Id.optional(),
  nodeId: shapes.Id.optional(),
  source: z.string().min(1).max(200).optional(),
});

/** Whoever holds a partition takes its records in order, each once: an outcome that was written is where the next holder goes on, and a limit taken again under its id changes nothing. */
export async function limitIntake(
  world: Pick<World, 'log' | 'clock' | 'ids'>,
  take: TakeLimit,
  withdraw: WithdrawLimit,
  logger: Logger,
): Promise<Subscription> {
  const { log, clock, ids } = world;
  await log.open([asked, outcomes]);

  const outcomeOf = async (record: LogRecord, tenantId: string): Promise<Outcome> => {
    const { partition, offset, headers } = record;
    const limitId = headers.ce_id?.slice(0, 200) || uuidV5('limit', asked, partition, offset);
    try {
      if (record.refused !== undefined) throw new Problem(403, 'forbidden', 'Not believed', record.refused);
      if (!isStorable([tenantId, limitId]))
        throw new Problem(400, 'invalid', 'Not text', 'ce_tenantid and ce_id without NUL were expected');
      const value = read(record.value);
      if (isWithdrawal(value)) {
        if (!headers.ce_id) throw new Problem(400, 'invalid', 'Which limit', 'ce_id was expected: the limit that is withdrawn');
        await withdraw(tenantId, limitId, { ...parsed(Withdrawal, value), requestedBy: 'topic' });
      } else await take(tenantId, limitId, parsed(shapes.GridLimitBody, value));
      return { offset, limitId };
    } catch (error) {
      // Ours to mend, and then it is taken.
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      const reason = short(error.message);
      const errors = error.errors?.slice(0, MOST_ERRORS).map(({ path, message }) => ({ path: short(path), message: short(message) }));
      logger.warn({ partition, offset, reason }, 'a limit written to the log was refused');
      return { offset, limitId, reason, ...(errors && { errors }), text: record.value.slice(0, KEPT) };
    }
  };

  return log.subscribe(asked, [asked], {
    onAssigned: async ({ partition }) => (await lastOf(log, partition)) + 1,
    async onBatch({ partition, records }, lease) {
      for (const record of records) {
        await lease.heartbeat();
        const tenantId = record.headers.ce_tenantid || 'default';
        const data = await outcomeOf(record, tenantId);
        const type = 'reason' in data ? 'GridLimitRefused' : 'GridLimitTaken';
        const said: Envelope = { id: ids.next(), type, source: '/api', time: new Date(clock.now()).toISOString(), tenantId, data };
        await log.append(outcomes, [{ ...encode(said), key: keyIn(log, partition) }]);
      }
    },
    onRevoked: () => undefined,
  });
}

const isWithdrawal = (value: unknown): boolean => typeof value === 'object' && value !== null && 'withdrawn' in value;

function read(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem(400, 'invalid', 'Not JSON', 'the body of POST /v1/grid/limits was expected, as JSON');
  }
  if (!isStorable(value)) throw new Problem(400, 'invalid', 'Not text', 'text without NUL and lone surrogates was expected');
  return value;
}

function parsed<Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> {
  const said = shape.safeParse(value);
  if (said.success) return said.data;
  const errors = said.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message }));
  throw new Problem(400, 'invalid', 'Not a limit', errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors);
}

/** Offset of the last record of a partition that has an outcome; −1: none has. */
async function lastOf(log: EventLog, partition: number): Promise<number> {
  const head = await log.head(outcomes, partition);
  let last: LogRecord | undefined;
  for await (const batch of log.read(outcomes, partition, Math.max(0, head - BACK), head)) last = batch.at(-1) ?? last;
  return last === undefined ? -1 : (JSON.parse(last.value) as Outcome).offset;
}

/** A key whose records are in that partition: outcomes lie beside what they are of. */
function keyIn(log: EventLog, partition: number): string {
  for (let number = 0; ; number++) if (log.partitionOf(outcomes, `${number}`) === partition) return `${number}`;
}
