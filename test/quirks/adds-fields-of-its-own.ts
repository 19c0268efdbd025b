// Fields no schema knows in messages of a session, and every word of the message otherwise right.
// Answered with a result and kept word for word; the session is what it would be without them.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('charges all the same', async () => {
    const charger = await Charger.at(network(), 'CHATTY');
    const extra = { vendorNote: 'x', nested: { deep: [1, 2] } };
    const transactionId = await charger.start(extra);
    expect((await charger.meter(transactionId, [{ value: '1200' }], extra))[0]).toBe(3);
    expect((await charger.stop(transactionId, extra))[0]).toBe(3);
    expect(await charger.session()).toMatchObject({ energyWh: 500, provisional: false, flags: ['schema'] });
    for (const { data } of (await charger.calls()).filter(({ data }) => data.action !== 'BootNotification'))
      expect(data.payload).toMatchObject(extra);
  });
};

export default quirk;
