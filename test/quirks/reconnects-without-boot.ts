// The link drops in the middle of a session and the station goes on without a BootNotification: legal (OCPP-J part 4, 5.4).
// One session, with the energy of its registers; and commands reach the station again.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('goes on with the session it had', async () => {
    const charger = await Charger.at(network(), 'DROPPED');
    const transactionId = await charger.start();
    await charger.meter(transactionId, [{ value: '1200' }]);
    await charger.loseLink();
    await charger.connect();
    await charger.meter(transactionId, [{ value: '1400' }]);
    await charger.stop(transactionId);
    const session = await charger.session();
    expect(session).toMatchObject({ transactionId: String(transactionId), energyWh: 500, provisional: false, reason: 'Local', flags: [] });
    expect(await charger.decisions(session)).toEqual(['SessionStarted', 'SessionEnded']);
    expect(charger.commands.map((command) => command[2])).toContain('ClearCache');
  });
};

export default quirk;
