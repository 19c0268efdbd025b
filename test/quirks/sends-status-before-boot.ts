// StatusNotification before BootNotification, as some stations do with every connection (seen: public simulators, evcc #28540).
// It is answered, recorded and shown; the boot that follows changes nothing of it.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('answers both, and shows the status that came first', async () => {
    const charger = await Charger.at(network(), 'EARLY', { boots: false });
    expect(await charger.status('Preparing')).toMatchObject([3, expect.any(String), {}]);
    expect(await charger.boot()).toMatchObject([3, expect.any(String), { status: 'Accepted' }]);
    expect((await charger.calls()).map(({ data }) => data.action)).toEqual(['StatusNotification', 'BootNotification']);
    await network().until('the status', async () => {
      const { evses } = await network().must<{ evses: readonly { status: string }[] }>('GET', '/v1/stations/EARLY');
      return evses[0]?.status === 'Preparing';
    });
  });
};

export default quirk;
