// 2.0.1 events out of order, some twice, without a connectorId, or all at once after an outage (HA #2135, citrineos #172).
// Ordered by seqNo: one session, nothing counted twice; what comes late after the end still bills.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  it('makes one session of events in any order', async () => {
    const charger = await Charger.at(network(), 'SHUFFLED', { version: 'ocpp2.0.1' });
    await charger.event('Updated', 'T1', 2, 1300);
    await charger.event('Started', 'T1', 0, 1000, { evse: { id: 1 } });
    await charger.event('Updated', 'T1', 1, 1100);
    const ended = { timestamp: at(0) };
    await charger.event('Ended', 'T1', 3, 1500, ended);
    const session = await charger.session();
    expect(session).toMatchObject({ transactionId: 'T1', evseId: 1, energyWh: 500, provisional: false });
  });

  it('bills an offline session that comes after it has ended, once', async () => {
    const charger = await Charger.at(network(), 'OFFLINE', { version: 'ocpp2.0.1' });
    const offline = { offline: true };
    for (let round = 0; round < 2; round++) {
      await charger.event('Started', 'T2', 0, 1000, { ...offline, timestamp: '2026-11-01T10:00:00Z', meterValue: undefined });
      await charger.event('Ended', 'T2', 1, undefined, {
        ...offline,
        timestamp: '2026-11-01T11:00:00Z',
        meterValue: [
          { timestamp: '2026-11-01T10:00:00Z', sampledValue: [{ value: 1000, context: 'Transaction.Begin' }] },
          { timestamp: '2026-11-01T11:00:00Z', sampledValue: [{ value: 1500, context: 'Transaction.End' }] },
        ],
      });
    }
    const session = await charger.session();
    expect(session).toMatchObject({ energyWh: 500, startedAt: '2026-11-01T10:00:00.000Z', endedAt: '2026-11-01T11:00:00.000Z' });
    expect((await charger.decisions(session)).filter((kind) => kind === 'SessionEnded')).toHaveLength(1);
  });
};

export default quirk;
