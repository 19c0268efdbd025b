// No StopTransaction at all, only StatusNotification Available; or Available first and the stop later (evcc #30247, OCPP.Core #55, steve #97).
// The session ends provisionally with the reason, is billed, and the stop that comes at last amends it.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('ends provisionally at Available; a late stop amends energy and bill', async () => {
    const charger = await Charger.at(network(), 'LEAVER');
    const transactionId = await charger.start();
    await charger.meter(transactionId, [{ value: '1300' }]);
    await charger.status('Available');
    const [provisional] = await charger.sessions(1, ({ status }) => status === 'ended');
    expect(provisional).toMatchObject({ energyWh: 300, reason: 'Available', provisional: true });
    if (provisional === undefined) throw new Error('no session');
    expect(await charger.cdrs(provisional)).toMatchObject([{ total_energy: 0.3 }]);

    await charger.stop(transactionId, { timestamp: at(-1) });
    const [final] = await charger.sessions(1, (session) => !session.provisional);
    expect(final).toMatchObject({ sessionId: provisional.sessionId, energyWh: 500, reason: 'Local' });
    expect(await charger.decisions(provisional)).toEqual(['SessionStarted', 'SessionEnded', 'SessionAmended']);
  });
};

export default quirk;
