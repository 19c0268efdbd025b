// StopTransaction or MeterValues of a transaction nobody has heard of (steve #156, libocpp #239): retried for ever when refused.
// Always answered. On a station with one outlet it becomes a session with an unknown start; elsewhere it is kept to be reconciled.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const values = [
  { timestamp: at(600), sampledValue: [{ value: '700', context: 'Transaction.Begin' }] },
  { timestamp: at(0), sampledValue: [{ value: '1500', context: 'Transaction.End' }] },
];

const quirk: Quirk = (network) => {
  it('becomes a session where the outlet is certain', async () => {
    const charger = await Charger.at(network(), 'ORPHAN');
    expect(await charger.stop(424242, { transactionData: values })).toMatchObject([3, expect.any(String), {}]);
    const session = await charger.session();
    expect(session.flags).toContain('startUnknown');
    expect(session.transactionId).toBe('424242');
  });

  it('is kept, and told as unmatched, where it is not', async () => {
    const charger = await Charger.at(network(), 'ORPHANS', { outlets: 2 });
    expect((await charger.stop(424243))[0]).toBe(3);
    expect((await charger.meter(424244, [{ value: '5' }]))[0]).toBe(3);
    expect(await charger.unmatched()).toEqual([
      { action: 'StopTransaction', transaction_id: '424243', reason: 'noSession' },
      { action: 'MeterValues', transaction_id: '424244', reason: 'noSession' },
    ]);
    expect(await charger.sessions(0)).toEqual([]);
  });

  it("never ends another station's transaction", async () => {
    const [victim, rogue] = [await Charger.at(network(), 'VICTIM'), await Charger.at(network(), 'ROGUE', { outlets: 2 })];
    const transactionId = await victim.start();
    expect((await rogue.stop(transactionId))[0]).toBe(3);
    expect(await rogue.unmatched()).toHaveLength(1);
    expect(await victim.sessions(1)).toMatchObject([{ status: 'active' }]);
  });
};

export default quirk;
