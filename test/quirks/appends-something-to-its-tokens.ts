// A KEBA cluster puts its serial number behind every token (OCPP.Core: experiences with KEBA), payment terminals leave a semicolon (ev-server).
// The driver is known all the same, also on a connection without a boot; and at a station of another model such a token is a stranger.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk, TOKEN } from './support/charger.js';

const KEBA = { chargePointVendor: 'Keba AG', chargePointModel: 'KC-P30', chargePointSerialNumber: '4711' };

const quirk: Quirk = (network) => {
  it('knows the token without the serial number, and after a connection without a boot', async () => {
    const charger = await Charger.at(network(), 'CLUSTER', { boots: false });
    await charger.call('BootNotification', KEBA);
    expect((await charger.call('Authorize', { idTag: `${TOKEN}_4711` }))[2]).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    const transactionId = await charger.start({ idTag: `${TOKEN}_4711` });
    // Any edge knows it by now, not only the one it booted at.
    await network().until('its model being known', async () => {
      const { model } = await network().must<{ model: readonly unknown[] }>('GET', '/v1/stations/CLUSTER/quirks');
      return model.length > 0;
    });
    await charger.loseLink();
    await charger.connect();
    expect((await charger.call('Authorize', { idTag: `${TOKEN}_4711` }))[2]).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    await charger.stop(transactionId, { idTag: `${TOKEN}_4711` });
    expect(await charger.session()).toMatchObject({ energyWh: 500, flags: expect.not.arrayContaining(['tokenNotAccepted']) });
    expect(await network().must('GET', '/v1/stations/CLUSTER/quirks')).toMatchObject({
      model: [{ quirk: 'serial-behind-the-token', corrections: { tokenEnding: '_4711' } }],
    });
  });

  it('leaves the token of any other model as it is, all but a semicolon', async () => {
    const charger = await Charger.at(network(), 'PLAIN');
    expect((await charger.call('Authorize', { idTag: `${TOKEN}_4711` }))[2]).toMatchObject({ idTagInfo: { status: 'Invalid' } });
    expect((await charger.call('Authorize', { idTag: `${TOKEN};` }))[2]).toMatchObject({ idTagInfo: { status: 'Accepted' } });
  });
};

export default quirk;
