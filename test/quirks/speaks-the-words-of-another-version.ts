// Words of 1.6 on a connection that agreed on 2.0.1, or another subprotocol at every reconnect (steve #135, lbbrhzn/ocpp #442, #1984).
// The version is the connection's: what is not of it is answered by an error, recorded with what was wrong, and harms nobody.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('is told so, stays connected, and what it said is kept', async () => {
    const charger = await Charger.at(network(), 'OLD-WORDS', { version: 'ocpp2.0.1' });
    for (const [action, payload] of [
      ['StartTransaction', { connectorId: 1, idTag: 'TAG-1', meterStart: 0, timestamp: new Date().toISOString() }],
      ['StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' }],
      ['BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' }],
    ] as const)
      expect([action, (await charger.call(action, payload))[0]]).toEqual([action, 4]);
    await charger.event('Started', 'T1', 0, 1000);
    await charger.event('Ended', 'T1', 1, 1500);
    expect(await charger.session()).toMatchObject({ energyWh: 500, flags: [] });
    const refused = (await charger.calls()).filter(({ data: { answer } }) => answer.kind === 'error');
    expect(refused.map(({ data: { ocppVersion, action, answer } }) => [ocppVersion, action, answer])).toEqual([
      ['ocpp2.0.1', 'StartTransaction', expect.objectContaining({ code: 'NotImplemented' })],
      ['ocpp2.0.1', 'StatusNotification', expect.objectContaining({ code: expect.stringMatching(/ConstraintViolation$/) })],
      ['ocpp2.0.1', 'BootNotification', expect.objectContaining({ code: expect.stringMatching(/ConstraintViolation$/) })],
    ]);
    for (const { data } of refused.slice(1)) expect(data.violations).not.toEqual([]);
  });

  it('is taken in the version of each of its connections', async () => {
    const charger = await Charger.at(network(), 'CHANGES');
    for (const version of ['ocpp2.0.1', 'ocpp1.6'] as const) {
      await charger.loseLink();
      charger.version = version;
      await charger.connect();
      expect((await charger.boot())[2]).toMatchObject({ status: 'Accepted' });
    }
    await charger.stop(await charger.start());
    expect(await charger.session()).toMatchObject({ energyWh: 500, provisional: false });
    const spoken = (await charger.calls('BootNotification')).map(({ data }) => data.ocppVersion);
    expect(spoken).toEqual(['ocpp1.6', 'ocpp2.0.1', 'ocpp1.6']);
  });
};

export default quirk;
