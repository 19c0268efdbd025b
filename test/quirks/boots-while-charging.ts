// Reboots in the middle of a session and comes back as if nothing had been (evcc #33909).
// The boot ends the session provisionally at the last word of before; a stop that survived in the station makes it final.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('ends provisionally at the last word of before', async () => {
    const charger = await Charger.at(network(), 'REBOOTS');
    const transactionId = await charger.start();
    await charger.meter(transactionId, [{ value: '1300' }]);
    await charger.loseLink();
    await charger.connect();
    await charger.boot();
    await charger.status('Preparing');
    const [session] = await charger.sessions(1, ({ status }) => status === 'ended');
    expect(session).toMatchObject({ energyWh: 300, reason: 'Boot', provisional: true });
    await charger.stop(transactionId, { meterStop: 1310, reason: 'PowerLoss', timestamp: at(0) });
    expect(await charger.sessions(1, ({ provisional }) => !provisional)).toMatchObject([{ energyWh: 310, reason: 'PowerLoss' }]);
  });
};

export default quirk;
