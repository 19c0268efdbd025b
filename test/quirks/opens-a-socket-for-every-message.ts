// A new WebSocket for every single message, and an empty idTag (openWB): registry churn must not flap what is shown.
// One session, and between its sockets the station is shown as it was.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('has one session over all its sockets', async () => {
    const charger = await Charger.at(network(), 'CHURN');
    const shown = () => network().must('GET', '/v1/stations/CHURN');
    const anew = async () => {
      await charger.loseLink();
      const between = await network().until('its end is told', async () => {
        const station = await shown();
        return station.disconnectedAt !== null && station;
      });
      expect(between).toMatchObject({ online: true });
      await charger.connect();
    };
    await anew();
    const start = await charger.call('StartTransaction', { connectorId: 1, idTag: '', meterStart: 1000, timestamp: at(60) });
    const { transactionId, idTagInfo } = start[2] as { transactionId: number; idTagInfo: { status: string } };
    expect(idTagInfo.status).toBe('Invalid');
    for (const value of ['1100', '1200', '1300']) {
      await anew();
      expect((await charger.meter(transactionId, [{ value }]))[0]).toBe(3);
    }
    await anew();
    await charger.stop(transactionId);
    expect(await charger.session()).toMatchObject({ energyWh: 500, provisional: false });
    expect(await shown()).toMatchObject({ online: true, disconnectedAt: null });
    const ports = await network().world.database.query('select is_online from port_status where station_id = $1', ['CHURN']);
    expect(ports.rows.filter(({ is_online }) => is_online === false)).toEqual([]);
    // Each socket is a fact; that the station is away is none, and its car keeps what it was given.
    const types = (await network().records('site-events')).flatMap(({ type, stationId }) => (stationId === 'CHURN' ? [type] : []));
    const times = (type: string): number => types.filter((each) => each === type).length;
    expect([times('StationConnected'), times('StationPresumedOffline')]).toEqual([6, 0]);
  });
};

export default quirk;
