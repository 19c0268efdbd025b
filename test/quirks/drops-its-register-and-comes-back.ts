// The register falls to 0 for a sample and returns (HA #1756, #374), or leaps by gigawatts (evcc #29654).
// No negative and no spiky energy: start and stop decide.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([
    ['0', '1200'],
    ['99999999999', '1200'],
    ['-5', '1200'],
  ])('%s in between counts nothing', async (strange, after) => {
    const charger = await Charger.at(network(), `DIP-${strange}`);
    const transactionId = await charger.start();
    for (const value of ['1100', strange, after]) await charger.meter(transactionId, [{ value }]);
    const [running] = await charger.sessions(1, ({ energyWh }) => energyWh > 0);
    expect(running?.energyWh).toBe(200);
    await charger.stop(transactionId);
    const session = await charger.session();
    expect(session.energyWh).toBe(500);
    expect(await charger.cdrs(session)).toMatchObject([{ total_energy: 0.5 }]);
  });
};

export default quirk;
