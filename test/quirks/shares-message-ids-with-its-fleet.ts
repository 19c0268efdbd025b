// A fleet of one firmware, booted in one second, emits the same message ids (measured: MicroOcpp); others count from 1 after every boot.
// An id says something only together with station and content: nobody gets an answer that was meant for another message.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk, TOKEN } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('keeps stations of equal ids apart', async () => {
    const [one, two] = [await Charger.at(network(), 'FLEET-1'), await Charger.at(network(), 'FLEET-2')];
    const start = { connectorId: 1, idTag: TOKEN, meterStart: 1000, timestamp: at(60) };
    const [first, second] = [await one.call('StartTransaction', start, '7'), await two.call('StartTransaction', start, '7')];
    const ids = [first, second].map(([, , payload]) => (payload as { transactionId: number }).transactionId);
    expect(new Set(ids).size).toBe(2);
    await one.stop(ids[0] ?? 0);
    await two.stop(ids[1] ?? 0, { meterStop: 1700 });
    expect([(await one.session()).energyWh, (await two.session()).energyWh]).toEqual([500, 700]);
  });

  it('answers another message under a used id for itself', async () => {
    const charger = await Charger.at(network(), 'COUNTS');
    const transactionId = await charger.start();
    const values = (value: string) => ({ connectorId: 1, transactionId, meterValue: [{ timestamp: at(30), sampledValue: [{ value }] }] });
    expect(await charger.call('MeterValues', values('1100'), '1')).toMatchObject([3, '1', {}]);
    expect(await charger.call('Heartbeat', {}, '1')).toMatchObject([3, '1', { currentTime: expect.any(String) }]);
    expect(await charger.call('MeterValues', values('1200'), '1')).toMatchObject([3, '1', {}]);
    expect(await charger.calls('MeterValues')).toHaveLength(2);
    expect(await charger.sessions(1, ({ energyWh }) => energyWh === 200)).toHaveLength(1);
  });

  it('hears the time, and is heard, each time it says the same under its only id', async () => {
    const charger = await Charger.at(network(), 'ONE-ID');
    const time = async () => ((await charger.call('Heartbeat', {}, '1'))[2] as { readonly currentTime: string }).currentTime;
    const first = await time();
    for (const status of ['Available', 'Preparing', 'Available'])
      expect(await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status }, '1')).toEqual([3, '1', {}]);
    expect(Date.parse(await time())).toBeGreaterThan(Date.parse(first));
    expect((await charger.calls('StatusNotification')).map(({ data }) => (data.payload as { status: string }).status)).toEqual([
      'Available',
      'Preparing',
      'Available',
    ]);
    expect(await charger.calls('Heartbeat')).toHaveLength(2);
    await network().until('the outlet being free', async () => {
      const { evses } = await network().must<{ evses: readonly { status: string }[] }>('GET', `/v1/stations/${charger.stationId}`);
      return evses[0]?.status === 'Available';
    });
  });
};

export default quirk;
