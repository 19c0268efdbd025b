// Texts longer than their field, null for what is absent, and fields of its own, beside what the message is about: at boot, in a status, with a card.
// CALLERROR would keep such a station from ever booting, and its outlets from ever being seen; what is not understood at all still gets it.
import { expect, it } from '@jest/globals';
import { Charger, type Quirk, TOKEN } from './support/charger.js';

const quirk: Quirk = (network) => {
  it.each([
    ['ocpp1.6', { chargePointVendor: 'Acme', chargePointModel: 'M'.repeat(25), iccid: null, vendorNote: { a: 1 } }],
    ['ocpp2.0.1', { reason: 'PowerUp', chargingStation: { vendorName: 'Acme', model: 'M'.repeat(25), modem: null }, vendorNote: 1 }],
  ] as const)('boots (%s)', async (version, payload) => {
    const charger = await Charger.at(network(), `TALKER-${version}`, { version, boots: false });
    expect(await charger.call('BootNotification', payload)).toMatchObject([3, expect.any(String), { status: 'Accepted' }]);
    const [call] = await charger.calls('BootNotification');
    expect(call?.data).toMatchObject({ payload, flags: ['schema'] });
    const row = await network().until('the model being known', async () => {
      const station = await network().must<{ model: string | null }>('GET', `/v1/stations/${charger.stationId}`);
      return station.model !== null && station;
    });
    expect(row).toMatchObject({ vendor: 'Acme', model: 'M'.repeat(25), bootAnswer: 'Accepted' });
  });

  it('tells its status and its events, and is let charge', async () => {
    const charger = await Charger.at(network(), 'TALKER');
    expect(await charger.status('Faulted', { info: 'i'.repeat(80), errorCode: 'Overheated', vendorId: null })).toEqual([
      3,
      expect.any(String),
      {},
    ]);
    const [, , heard] = await charger.call('Authorize', { idTag: TOKEN, vendorNote: 1 });
    expect(heard).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    const event = { type: 'TamperDetectionActivated', timestamp: new Date().toISOString(), techInfo: 't'.repeat(300) };
    expect(await charger.call('SecurityEventNotification', event)).toEqual([3, expect.any(String), {}]);
    await network().until('both being seen', async () => {
      const { evses } = await network().must<{ evses: readonly { status: string }[] }>('GET', `/v1/stations/${charger.stationId}`);
      const { items } = await network().must<{ items: readonly object[] }>('GET', `/v1/security-events?stationId=${charger.stationId}`);
      return evses[0]?.status === 'Faulted' && items.length === 1;
    });
    for (const { data } of (await charger.calls()).slice(1)) expect(data.flags).toEqual(['schema']);
  });

  it('is refused where it does not say what it is about, or by far too much', async () => {
    const charger = await Charger.at(network(), 'MUMBLER');
    const refused = async (action: string, payload: object) => (await charger.call(action, payload))[2];
    expect(await refused('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Sleepy' })).toBe(
      'PropertyConstraintViolation',
    );
    expect(await refused('BootNotification', { chargePointVendor: 'Acme' })).toBe('OccurenceConstraintViolation');
    expect(await refused('Authorize', { idTag: 5 })).toBe('TypeConstraintViolation');
    expect(await refused('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'M'.repeat(2000) })).toBe(
      'PropertyConstraintViolation',
    );
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`own${index}`, index]));
    expect(await refused('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Sleepy', ...many })).toMatch(/Violation$/);
  });
};

export default quirk;
