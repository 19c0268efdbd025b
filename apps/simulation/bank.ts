// The payment provider as a server on the other end of a network: what it is asked under one key it does once, and its answers may get lost.
// It keeps its own account of what moved and refuses what no bank would do; what should have moved is payments-audit.ts's.
import { Decimal } from 'decimal.js';
import type { Chance } from '#apps/simulator';
import { type PaymentAnswer, type PaymentCall, type PaymentProvider, PortError } from '#ports';
import type { Fault } from './fault.js';
import type { Life } from './process.js';
import type { Weather } from './weather.js';

/** What cards are like: `declined` holds nothing, of `expired` nothing that is held can be taken. */
export type Card = 'good' | 'declined' | 'expired';

/** What somebody asks back of a session. */
export const REFUND_CENTS = 5;

export const cardOf = (idToken: string, card: Card): string => `${card}:${idToken}`;

interface Payment {
  readonly method: string;
  readonly heldCents: number;
  takenCents: number;
  givenBackCents: number;
  isOver: boolean;
}

type Step = keyof PaymentProvider;
type Asked = PaymentCall & { readonly method?: string };

const TIMEOUT_MS = 5_000;
const NO: PaymentAnswer = { isDone: false, reason: 'declined' };
const centsOf = (amount: string): number => new Decimal(amount).times(100).toNumber();

export class Bank {
  readonly faults: Fault[] = [];
  /** Of its answers, and of what it is asked: so many get lost, 0 to 1. */
  lost = 0;
  readonly #answers = new Map<string, { readonly asked: string; readonly answer: PaymentAnswer }>();
  readonly #payments = new Map<string, Payment>();

  constructor(
    private readonly weather: Weather,
    private readonly chance: Chance,
    private readonly now: () => number,
  ) {}

  /** As one process reaches it. */
  port(life: Life): PaymentProvider {
    const serve = (step: Step) => async (call: Asked) => {
      await this.#way(life);
      const answer = this.#answer(step, call);
      await this.#way(life);
      return answer;
    };
    return { hold: serve('hold'), capture: serve('capture'), release: serve('release'), refund: serve('refund') };
  }

  /** Taken and not given back, by method [cents]. */
  moved(): ReadonlyMap<string, number> {
    const moved = new Map<string, number>();
    for (const { method, takenCents, givenBackCents } of this.#payments.values())
      moved.set(method, (moved.get(method) ?? 0) + takenCents - givenBackCents);
    return moved;
  }

  async #way(life: Life): Promise<void> {
    await life.sleep(this.weather.latency());
    if (this.chance.next() >= this.lost) return;
    await life.sleep(TIMEOUT_MS);
    throw new PortError('PaymentUnanswered', 'the provider did not answer', true);
  }

  #answer(step: Step, { key, ...call }: Asked): PaymentAnswer {
    const asked = JSON.stringify([step, call]);
    const before = this.#answers.get(key);
    if (before !== undefined && before.asked !== asked) this.#fault(`${key} was asked as ${before.asked}, then as ${asked}`);
    if (before !== undefined) return before.answer;
    const answer = this.#do(step, call) ? { isDone: true as const, reference: `bank-${key}` } : NO;
    this.#answers.set(key, { asked, answer });
    return answer;
  }

  #do(step: Step, { paymentId, amount, method = '' }: Omit<Asked, 'key'>): boolean {
    const cents = centsOf(amount);
    const payment = this.#payments.get(paymentId);
    const refuse = (why: string): boolean => {
      this.#fault(`${step} of ${amount} of ${paymentId}: ${why}`);
      return false;
    };
    if (step === 'hold') {
      if (payment !== undefined) return refuse('it is held already');
      if (method.startsWith('declined')) return false;
      this.#payments.set(paymentId, { method, heldCents: cents, takenCents: 0, givenBackCents: 0, isOver: false });
      return true;
    }
    if (payment === undefined) return refuse('nothing was held');
    if (step === 'refund') {
      if (payment.givenBackCents + cents > payment.takenCents) return refuse('more than was taken');
      payment.givenBackCents += cents;
      return true;
    }
    if (payment.isOver) return refuse('it was taken or let go before');
    if (step === 'capture' && cents > payment.heldCents) return refuse('more than is held');
    payment.isOver = true;
    if (step === 'capture' && payment.method.startsWith('expired')) return false;
    if (step === 'capture') payment.takenCents = cents;
    return true;
  }

  #fault(text: string): void {
    this.faults.push({ atMs: this.now(), rule: 'money', text: `at the bank: ${text}` });
  }
}
