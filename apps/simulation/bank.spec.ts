// A bank does once what it is asked under one key, moves what was held, and tells of what no bank would be asked.
import { describe, expect, it } from '@jest/globals';
import { chance } from '#apps/simulator';
import type { PaymentProvider } from '#ports';
import { Bank, cardOf } from './bank.js';
import { Life } from './process.js';
import { Timeline } from './timeline.js';
import { Weather } from './weather.js';

const call = (key: string, amount: string) => ({ key, paymentId: 'p', amount, currency: 'EUR' });

/** What it answers to all of that, asked one after the other; what moved by the card, and what it objects to. */
async function asked(idToken: string, ask: (bank: PaymentProvider) => Promise<readonly unknown[]>) {
  const timeline = new Timeline(0);
  const bank = new Bank(new Weather(chance(1)), chance(2), () => timeline.now());
  const answers = ask(bank.port(new Life('services-1', timeline, chance(3))));
  await timeline.runUntil(60_000);
  return { answers: await answers, moved: bank.moved().get(idToken), objections: bank.faults.length };
}
const good = cardOf('a', 'good');
const done = { isDone: true, reference: expect.any(String) };
const refused = { isDone: false, reason: 'declined' };

describe('a bank', () => {
  it('takes and gives back what it is asked, once for each key', async () => {
    const { answers, moved, objections } = await asked(good, async (bank) => [
      await bank.hold({ ...call('1', '5.00'), method: good }),
      await bank.capture(call('2', '3.10')),
      await bank.capture(call('2', '3.10')),
      await bank.refund(call('3', '0.05')),
      await bank.refund(call('3', '0.05')),
    ]);
    expect({ answers, moved, objections }).toEqual({ answers: [done, done, done, done, done], moved: 305, objections: 0 });
  });

  it.each<[string, (bank: PaymentProvider) => Promise<unknown>]>([
    ['the same under another key', (bank) => bank.capture(call('3', '3.10'))],
    ['another thing under the same key', (bank) => bank.capture(call('2', '3.20'))],
    ['more back than was taken', (bank) => bank.refund(call('3', '3.11'))],
    ['to let go what was taken', (bank) => bank.release(call('3', '5.00'))],
    ['to hold again', (bank) => bank.hold({ ...call('3', '5.00'), method: good })],
  ])('objects to being asked for %s, and moves nothing', async (_, ask) => {
    const { moved, objections } = await asked(good, async (bank) => [
      await bank.hold({ ...call('1', '5.00'), method: good }),
      await bank.capture(call('2', '3.10')),
      await ask(bank),
    ]);
    expect({ moved, objections }).toEqual({ moved: 310, objections: 1 });
  });

  it('moves nothing by a card that is declined, and takes nothing by one that has expired', async () => {
    const by = (card: string) =>
      asked(card, async (bank) => [await bank.hold({ ...call('1', '5.00'), method: card }), await bank.capture(call('2', '1.00'))]);
    const [declined, expired] = [cardOf('a', 'declined'), cardOf('a', 'expired')];
    expect((await by(declined)).answers[0]).toEqual(refused);
    expect(await by(expired)).toEqual({ answers: [done, refused], moved: 0, objections: 0 });
  });
});
