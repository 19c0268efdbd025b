// A payment provider that moves no money: what it answers follows from the token and the key alone, so it is the same after a restart.
// Tokens: `test:ok`; `test:declined` and `test:broke` (more than 20) are refused, `test:expires` holds and cannot be captured;
// `test:lost` does what it is asked and loses its first answer, `test:slow` answers late. Any other token is unknown to it.
import { type Clock, type PaymentAnswer, type PaymentCall, type PaymentProvider, PortError } from '#ports';

/** One order as it was done, however often it was asked for. */
export interface MovedMoney extends PaymentCall {
  readonly step: keyof PaymentProvider;
  readonly isDone: boolean;
  readonly asked: number;
}

const METHODS = ['test:ok', 'test:declined', 'test:broke', 'test:expires', 'test:lost', 'test:slow'] as const;

const LATE_MS = 2_000;
/** What `test:broke` has. */
const FUNDS = 20;

export function fakePayments(clock: Pick<Clock, 'after'>): PaymentProvider & { moved(): readonly MovedMoney[] } {
  const orders = new Map<string, MovedMoney>();
  const methods = new Map<string, string>();

  const refusal = (step: keyof PaymentProvider, { amount }: PaymentCall, method: string): string | undefined => {
    if (step === 'hold' && !(METHODS as readonly string[]).includes(method)) return 'unknownMethod';
    if (step === 'hold' && method === 'test:declined') return 'declined';
    // biome-ignore lint/plugin: the limit of a test, no amount
    if (step === 'hold' && method === 'test:broke' && Number(amount) > FUNDS) return 'insufficientFunds';
    return step === 'capture' && method === 'test:expires' ? 'expired' : undefined;
  };

  const serve =
    (step: keyof PaymentProvider) =>
    async ({ method: given, ...call }: PaymentCall & { readonly method?: string }): Promise<PaymentAnswer> => {
      const method = given ?? methods.get(call.paymentId) ?? 'test:ok';
      methods.set(call.paymentId, method);
      const before = orders.get(call.key);
      const reason = refusal(step, call, method);
      orders.set(call.key, { ...call, step, isDone: reason === undefined, asked: (before?.asked ?? 0) + 1 });
      if (method === 'test:lost' && before === undefined)
        throw new PortError('PaymentUnanswered', 'the provider was asked and did not answer', true);
      if (method === 'test:slow') await new Promise((resolve) => clock.after(LATE_MS, () => resolve(undefined)));
      return reason === undefined ? { isDone: true, reference: `fake-${call.key}` } : { isDone: false, reason };
    };

  return {
    hold: serve('hold'),
    capture: serve('capture'),
    release: serve('release'),
    refund: serve('refund'),
    moved: () => [...orders.values()],
  };
}
