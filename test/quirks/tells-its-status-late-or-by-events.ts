// A status of half an hour ago, told after that of now, as queues are (1.6, 4.9); and AvailabilityState by NotifyEvent in place of StatusNotification (2.x, G01).
// What is shown is what was said of the outlet last; both words are in the log, and in the times its port worked.
import { expect, it } from '@jest/globals';
import { at, Charger, type Quirk } from './support/charger.js';

const quirk: Quirk = (network) => {
  const shown = async (stationId: string) =>
    (await network().must<{ evses: readonly { status: string }[] }>('GET', `/v1/stations/${stationId}`)).evses.map(({ status }) => status);

  it('is shown as it is now', async () => {
    const charger = await Charger.at(network(), 'LATE-STATUS', { outlets: 2 });
    await charger.status('Available');
    await charger.status('Faulted', { timestamp: at(1800), errorCode: 'GroundFailure' });
    await charger.status('Charging', { connectorId: 2 });
    await network().until('the second outlet charging', async () => (await shown('LATE-STATUS'))[1] === 'Charging');
    expect(await shown('LATE-STATUS')).toEqual(['Available', 'Charging']);
    expect(await charger.calls('StatusNotification')).toHaveLength(3);
  });

  it('is shown as its events say', async () => {
    const charger = await Charger.at(network(), 'BY-EVENTS', { version: 'ocpp2.0.1' });
    const event = (actualValue: string, eventId: number) => ({
      generatedAt: at(0),
      seqNo: 0,
      eventData: [
        {
          ...{ eventId, timestamp: at(0), trigger: 'Delta', actualValue, eventNotificationType: 'HardWiredNotification' },
          component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
          variable: { name: 'AvailabilityState' },
        },
      ],
    });
    for (const [index, word] of ['Available', 'Occupied'].entries())
      expect((await charger.call('NotifyEvent', event(word, index)))[0]).toBe(3);
    await network().until('the outlet being taken', async () => (await shown('BY-EVENTS'))[0] === 'Occupied');
  });
};

export default quirk;
