// Our profiles in the words of each version: the same limits everywhere, and never a field its schema has not.
import { describe, expect, it } from '@jest/globals';
import { SUBPROTOCOLS, validate } from '#ocpp';
import type { GrantSlot } from './grant.js';
import { clearChargingProfile, type ProfileSpec, setChargingProfile } from './profiles.js';
import type { EvseConfig, StationConfig } from './site-model.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const AC: EvseConfig = { evseId: 1, phases: 3, minA: 6, maxA: 32, safeA: 6 };
const EVSES: readonly EvseConfig[] = [
  AC,
  { ...AC, phases: 1 },
  { ...AC, phases: 'L1-L2' },
  { ...AC, powerType: 'DC', minA: 0, safeA: 0, efficiency: 0.95 },
];
const stationWith = (evse: EvseConfig): StationConfig => ({
  stationId: 'A',
  siteId: 's',
  nodeId: 'grid',
  securityProfile: 1,
  evses: [evse],
});
const spec = (slot: GrantSlot, evse: EvseConfig = AC): ProfileSpec => ({
  slot,
  station: stationWith(evse),
  voltageV: 230,
  evseId: slot === 'plan' ? 1 : 0,
  ...(slot === 'plan' && { transactionId: '17' }),
  steps: [{ fromMs: NOW, limitMa: 16_150 }, ...(slot === 'plan' ? [{ fromMs: NOW + 300_000, limitMa: 6_000 }] : [])],
  leaseS: 300,
});
const SLOTS = ['plan', 'default', 'stationMax'] as const;

describe.each([...SUBPROTOCOLS])('a profile in %s', (version) => {
  it('keeps to the official schema, whatever it limits', () => {
    for (const slot of SLOTS)
      for (const evse of EVSES)
        for (const onlyUnit of ['A', 'W'] as const) {
          const payload = setChargingProfile(version, { ...spec(slot, evse), onlyUnit });
          expect([slot, evse.phases, validate(version, 'SetChargingProfile', 'request', payload)]).toEqual([slot, evse.phases, []]);
        }
    expect(validate(version, 'ClearChargingProfile', 'request', clearChargingProfile(version, 90_001))).toEqual([]);
  });

  it('rounds down to a current the station can be set to, and below the lowest to none', () => {
    const told = (levelsA: readonly number[]) =>
      [...JSON.stringify(setChargingProfile(version, { ...spec('plan'), levelsA })).matchAll(/"limit":([\d.]+)/g)].map(
        ([, limit]) => limit,
      );
    expect([told([6, 8, 10, 13, 16]), told([8, 20])]).toEqual([
      ['16', '6'],
      ['8', '0'],
    ]);
  });

  it('is a plan of the transaction that ends in the safe level, rounded down', () => {
    const payload = JSON.stringify(setChargingProfile(version, spec('plan')));
    expect(payload).toMatch(/"chargingProfilePurpose":"TxProfile"/);
    expect(payload).toMatch(/"startSchedule":"2026-03-01T11:59:00.000Z"/);
    expect(payload).toMatch(/"startPeriod":0,"limit":16.1.*"startPeriod":360,"limit":6\b/);
    expect(payload).toMatch(version === 'ocpp1.6' ? /"transactionId":17\b/ : /"transactionId":"17"/);
  });
});

describe('offline', () => {
  const offlineFields = (slot: GrantSlot, version: 'ocpp2.0.1' | 'ocpp2.1') => {
    const { chargingProfile } = setChargingProfile(version, spec(slot)) as unknown as { chargingProfile: Record<string, unknown> };
    return { max: chargingProfile.maxOfflineDuration, isInvalid: chargingProfile.invalidAfterOfflineDuration };
  };

  it('a plan of 2.1 ends with its lease, for good', () => {
    expect(offlineFields('plan', 'ocpp2.1')).toEqual({ max: 300, isInvalid: true });
    expect(offlineFields('plan', 'ocpp2.0.1')).toEqual({});
  });

  it('the safe level and the maximum of the station outlast everything', () => {
    expect(offlineFields('default', 'ocpp2.1')).toEqual({});
    expect(offlineFields('stationMax', 'ocpp2.1')).toEqual({});
  });
});
