// Asks the payment provider for what is ordered, once the order was read back from the log; the answer is a record, and everything else follows from it.
// What was asked and not recorded when a process died is asked again under the same key by whoever takes the partition over (ADR 0057).
import { accountStream, type BillingEvent, encode, type PaymentOrdered } from '#contracts';
import { uuidV5 } from '#kernel';
import { type PaymentAnswer, type PaymentProvider, PortError, readable, type World } from '#ports';
import { type Effects, type HeldPartition, type Logger, untilAnswered } from '#service';
import type { PaymentState } from './payments.js';

/** How long the provider may take [ms]. */
const PATIENCE_MS = 30_000;

const DONE = { hold: 'PaymentHeld', capture: 'PaymentCaptured', release: 'PaymentReleased', refund: 'PaymentRefunded' } as const;

export function paying(
  { keys, log, clock }: Pick<World, 'keys' | 'log' | 'clock'>,
  provider: PaymentProvider,
  logger: Logger,
): Effects<PaymentState, BillingEvent> {
  const asking = untilAnswered(clock);

  const ask = async ({ orderId: key, paymentId, step, amount, currency, method: sealed }: PaymentOrdered): Promise<PaymentAnswer> => {
    const call = { key, paymentId, amount, currency };
    if (step !== 'hold') return provider[step](call);
    const method = sealed === undefined ? undefined : await readable(keys, sealed);
    return method === undefined ? { isDone: false, reason: 'erased' } : provider.hold({ ...call, method });
  };
  const withPatience = (answer: Promise<PaymentAnswer>): Promise<PaymentAnswer> =>
    new Promise((resolve, reject) => {
      const giveUp = () => reject(new PortError('PaymentUnanswered', `no answer within ${PATIENCE_MS} ms`, true));
      const cancel = clock.after(PATIENCE_MS, giveUp);
      answer.then(resolve, reject).finally(cancel);
    });

  const pay = (tenantId: string, order: PaymentOrdered, { lease }: HeldPartition<PaymentState>): Promise<void> => {
    const { orderId, paymentId, accountId, sessionId, step, amount, currency } = order;
    const askAndTell = async (): Promise<void> => {
      const answer = await withPatience(ask(order));
      const common = { orderId, paymentId, accountId, sessionId, step, amount, currency };
      const fact = answer.isDone
        ? { type: DONE[step], data: { ...common, reference: answer.reference } }
        : { type: 'PaymentFailed', data: { ...common, reason: answer.reason } };
      const [id, time] = [uuidV5('payment answer', orderId), new Date(clock.now()).toISOString()];
      await log.append('billing-events', [encode({ id, ...fact, source: '/payments', time, tenantId, siteId: accountStream(accountId) })]);
    };
    return asking(orderId, lease, askAndTell, (error) =>
      logger.warn({ orderId, step, err: error }, 'a payment has no answer yet; it is asked for again under the same key'),
    );
  };

  return {
    onCommitted(partition, changes) {
      if (!partition.isLive) return;
      for (const { input, after } of changes)
        if (input.type === 'PaymentOrdered' && after.kind === 'session' && after.recorded?.orderId === input.data.orderId)
          void pay(input.tenantId, input.data, partition);
    },
    onLive(partition) {
      for (const [aggregate, state] of partition.states)
        if (state.kind === 'session' && state.recorded !== undefined) void pay(aggregate.split('/')[1] ?? '', state.recorded, partition);
    },
  };
}
