// What the provider is asked, fact by fact, and that in the end what was captured is what is owed.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Due,
  grantedRefund,
  isSettled,
  NO_PAYMENTS,
  nextOrder,
  openAmount,
  type PaymentStep,
  paidAmount,
  type SessionPayments,
  withAnswer,
  withDue,
  withOrder,
} from './payment.js';

type Asked = readonly [step: PaymentStep, payment: string, amount: string];
interface Story {
  readonly session: SessionPayments;
  readonly asked: readonly Asked[];
}
const begin: Story = { session: NO_PAYMENTS, asked: [] };

/** Asks until nothing is left to ask; `fails` says which orders are refused. */
function settled({ session, asked }: Story, fails: (asked: Asked, order: number) => boolean = () => false): Story {
  const next = nextOrder(session, (payment) => `p${payment}`);
  if (next === undefined) return { session, asked };
  const orderId = `o${session.orders}`;
  const told: Asked = [next.step, next.paymentId, next.amount];
  const ordered = withOrder(session, { ...next, orderId });
  expect(nextOrder(ordered, (payment) => `p${payment}`)).toBeUndefined(); // one at a time
  const reason = fails(told, session.orders) ? 'declined' : undefined;
  const answered = withAnswer(ordered, orderId, reason);
  expect(withAnswer(answered, orderId, 'declined')).toBe(answered); // a second answer is none
  return settled({ session: answered, asked: [...asked, told] }, fails);
}
const due = (story: Story, of: Due, fails?: Parameters<typeof settled>[1]): Story =>
  settled({ ...story, session: withDue(story.session, of) }, fails);
const hold = (amount: string): Due => ({ cause: 'hold', currency: 'EUR', amount, method: 'm' });
const charge = (amount: string, more: Partial<Due> = {}): Due =>
  ({ cause: 'charge', currency: 'EUR', amount, isFollowed: false, method: 'm', ...more }) as Due;
const all = (...facts: readonly Due[]): Story => facts.reduce((story, fact) => due(story, fact), begin);

describe('a session with a payment method', () => {
  it('has an amount held at its start and what it costs captured of it', () => {
    const { asked, session } = all(hold('50.00'), charge('12.34'));
    expect(asked).toEqual([
      ['hold', 'p0', '50.00'],
      ['capture', 'p0', '12.34'],
    ]);
    expect([openAmount(session), isSettled(session)]).toEqual(['0.00', true]);
  });
  it('lets the hold go where nothing was consumed', () =>
    expect(all(hold('50.00'), charge('0.00')).asked).toEqual([
      ['hold', 'p0', '50.00'],
      ['release', 'p0', '50.00'],
    ]));
  it('pays what is above the hold by a second payment', () =>
    expect(all(hold('50.00'), charge('61.50')).asked.slice(1)).toEqual([
      ['capture', 'p0', '50.00'],
      ['hold', 'p1', '11.50'],
      ['capture', 'p1', '11.50'],
    ]));
  it('leaves that open where the method is gone', () => {
    const { asked, session } = all(hold('50.00'), { cause: 'charge', currency: 'EUR', amount: '61.50', isFollowed: false });
    expect(asked.slice(1)).toEqual([['capture', 'p0', '50.00']]);
    expect([openAmount(session), isSettled(session)]).toEqual(['11.50', true]);
  });
  it('pays without a hold at its end', () =>
    expect(all(charge('9.99')).asked).toEqual([
      ['hold', 'p0', '9.99'],
      ['capture', 'p0', '9.99'],
    ]));
  it('is asked nothing for what costs nothing', () => expect(all(charge('0.00')).asked).toEqual([]));
});

describe('a correction', () => {
  const before = all(hold('50.00'), charge('20.00'));
  it('moves the difference once both its records are told', () => {
    const credited = due(before, charge('-20.00', { isFollowed: true } as Partial<Due>));
    expect(credited.asked).toEqual(before.asked);
    expect(due(credited, charge('15.00')).asked.slice(2)).toEqual([['refund', 'p0', '5.00']]);
    expect(due(credited, charge('26.00')).asked.slice(2)).toEqual([
      ['hold', 'p1', '6.00'],
      ['capture', 'p1', '6.00'],
    ]);
  });
  it('gives back everything where the record went to another account', () =>
    expect(due(before, charge('-20.00')).asked.slice(2)).toEqual([['refund', 'p0', '20.00']]));
  it('gives back of several payments, the latest first', () =>
    expect(due(all(hold('5.00'), charge('8.00')), charge('-8.00')).asked.slice(-2)).toEqual([
      ['refund', 'p1', '3.00'],
      ['refund', 'p0', '5.00'],
    ]));
});

describe('a refund on request', () => {
  const paid = all(hold('50.00'), charge('20.00')).session;
  it('is given back and not charged again', () => {
    const { asked, session } = settled({ session: grantedRefund(paid, '5.00') as SessionPayments, asked: [] });
    expect(asked).toEqual([['refund', 'p0', '5.00']]);
    expect([paidAmount(session), openAmount(session)]).toEqual(['15.00', '0.00']);
    expect(grantedRefund(session, '15.01')).toBeUndefined();
  });
  it('comes off a credit of the whole that follows, and nothing stays open', () => {
    const given = settled({ session: grantedRefund(paid, '5.00') as SessionPayments, asked: [] });
    const { asked, session } = due(given, charge('-20.00'));
    expect(asked.at(-1)).toEqual(['refund', 'p0', '15.00']);
    expect([paidAmount(session), openAmount(session), isSettled(session)]).toEqual(['0.00', '0.00', true]);
  });
  it('is refused where less was paid', () => {
    expect(grantedRefund(paid, '20.01')).toBeUndefined();
    expect(grantedRefund(NO_PAYMENTS, '0.01')).toBeUndefined();
  });
});

describe('a refusal of the provider', () => {
  it('of the hold is followed by another try at the end, and no more', () => {
    const declined = due(begin, hold('50.00'), () => true);
    expect(declined.asked).toEqual([['hold', 'p0', '50.00']]);
    const end = due(declined, charge('9.00'), () => true);
    expect(end.asked.slice(1)).toEqual([
      ['hold', 'p1', '9.00'],
      ['hold', 'p2', '9.00'],
    ]);
    expect(openAmount(end.session)).toBe('9.00');
  });
  it('to capture is followed by a payment in its place', () => {
    const end = due(all(hold('50.00')), charge('9.00'), ([, payment]) => payment === 'p0');
    expect(end.asked.slice(1)).toEqual([
      ['capture', 'p0', '9.00'],
      ['hold', 'p1', '9.00'],
      ['capture', 'p1', '9.00'],
    ]);
    expect(openAmount(end.session)).toBe('0.00');
  });
});

const cents = (value: number): string => (value / 100).toFixed(2);
it('comes to what is owed whatever is charged and credited, and never captures more than was held', () =>
  fc.assert(
    fc.property(fc.option(fc.nat(9_999)), fc.array(fc.integer({ min: -5_000, max: 9_999 }), { maxLength: 8 }), (held, amounts) => {
      const first = held === null ? begin : due(begin, hold(cents(held + 1)));
      const end = amounts.reduce((story, amount) => due(story, charge(cents(amount))), first);
      const owed = amounts.reduce((sum, amount) => sum + amount, 0);
      if (amounts.length === 0) return;
      expect(Number(paidAmount(end.session))).toBe(Math.max(0, owed) / 100);
      for (const payment of end.session.payments) {
        expect(Number(payment.captured)).toBeLessThanOrEqual(Number(payment.held));
        expect(Number(payment.refunded)).toBeLessThanOrEqual(Number(payment.captured));
        expect(['captured', 'released']).toContain(payment.state);
      }
      expect(end.asked.every(([, , amount]) => Number(amount) > 0)).toBe(true);
    }),
  ));
