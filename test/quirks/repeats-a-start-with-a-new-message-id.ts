// On a slow link the answer to StartTransaction is lost, and the station asks again under a new message id (steve #81).
// The same transactionId, one session, one bill.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('gets the same transactionId, and counts once', async () => {
    const charger = await Charger.at(network(), 'SLOW');
    const start = { timestamp: at(60) };
    const transactionId = await charger.start(start);
    await charger.loseLink();
    await charger.connect();
    expect(await charger.start(start)).toBe(transactionId);
    expect(await charger.start(start)).toBe(transactionId);
    await charger.stop(transactionId);
    const session = await charger.session();
    expect(session).toMatchObject({ transactionId: String(transactionId), energyWh: 500, flags: [] });
    expect(await charger.decisions(session)).toEqual(['SessionStarted', 'SessionEnded']);
    const [cdr] = await charger.cdrs(session);
    expect(cdr).toMatchObject({ total_energy: 0.5, total_cost: { excl_vat: 0.2 } });
    expect(await charger.calls('StartTransaction')).toHaveLength(3);
  });
};

export default quirk;
