// From a recorded session to its charge detail record, and back by a credit.
// Prices themselves are in rate.spec.ts.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CdrSession, cdrFrom, cdrIdOf, creditOf } from './cdr.js';
import { Exact } from './decimal.js';
import { rate } from './rate.js';
import { fitted, ratingPeriodsOf, type SessionPeriod } from './session-periods.js';
import type { Tariff } from './tariff.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 1, 3, 8, minute)).toISOString();
const period = (
  from: number,
  to: number,
  state: SessionPeriod['state'],
  energyWh: number | string = 0,
  rest: Partial<SessionPeriod> = {},
): SessionPeriod => ({ from: at(from), to: at(to), energyWh, state, ...rest });
const tariff: Tariff = {
  country_code: 'NL',
  party_id: 'JST',
  id: 'idle',
  currency: 'EUR',
  last_updated: '2026-01-01T00:00:00Z',
  elements: [
    {
      price_components: [
        { type: 'ENERGY', price: 0.5, vat: 21, step_size: 1 },
        { type: 'PARKING_TIME', price: 3, vat: 21, step_size: 60 },
      ],
    },
  ],
};

describe('idle time', () => {
  const parkedMinutes = (...periods: SessionPeriod[]): number =>
    ratingPeriodsOf(periods).reduce((sum, { parkingS }) => sum + Number(parkingS ?? 0) / 60, 0);

  it('is not a pause of ours, by whatever name the station calls it', () =>
    expect(
      parkedMinutes(
        period(0, 10, 'Charging'),
        period(10, 20, 'SuspendedEVSE'),
        period(20, 30, 'SuspendedEV', 0, { pausedBy: 'network' }),
        period(30, 40, 'SuspendedEVSE', 0, { pausedBy: 'network' }),
      ),
    ).toBe(0));

  it('begins when the vehicle has had enough', () =>
    expect(parkedMinutes(period(0, 10, 'Charging'), period(10, 20, 'SuspendedEV'), period(20, 30, 'EVConnected'))).toBe(20));

  it('is not the wait before the first charging', () =>
    expect(parkedMinutes(period(0, 10, 'EVConnected'), period(10, 20, 'Charging'))).toBe(0));
});

describe('periods made to agree with the session', () => {
  const energies = (periods: readonly SessionPeriod[]): string[] => periods.map(({ energyWh }) => String(energyWh));

  it('carry on to an end that came later, and are cut at one that came earlier', () => {
    expect(fitted([period(0, 10, 'Charging', 100)], at(0), at(15), 100).map(({ from, to }) => [from, to])).toEqual([
      [at(0), at(10)],
      [at(10), at(15)],
    ]);
    expect(fitted([period(0, 10, 'Charging', 100), period(10, 20, 'SuspendedEV')], at(0), at(5), 100).map(({ to }) => to)).toEqual([
      at(5),
      at(5),
    ]);
  });

  it('take up energy nobody placed in the last stretch that charged, and give it back from the end', () => {
    const periods = [period(0, 10, 'Charging', 100), period(10, 20, 'Charging', 50), period(20, 30, 'SuspendedEV')];
    expect(energies(fitted(periods, at(0), at(30), 170))).toEqual(['100', '70', '0']);
    expect(energies(fitted(periods, at(0), at(30), 80))).toEqual(['80', '0', '0']);
  });

  it('are one period where none was recorded', () =>
    expect(fitted([], at(0), at(30), 1234.5)).toEqual([period(0, 30, 'Charging', '1234.5')]));

  it('have the energy and the length of the session, always', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(5), lasts: fc.nat(30), wh: fc.nat(5000) }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(9000),
        (parts, length, energyWh) => {
          let minute = 0;
          const periods = parts.map(({ gap, lasts, wh }) => {
            minute += gap + lasts;
            return period(minute - lasts, minute, 'Charging', wh);
          });
          const result = fitted(periods, at(0), at(length), energyWh);
          const sum = (values: readonly (number | string)[]): string =>
            values.reduce((total: Exact, value) => total.plus(value), new Exact(0)).toString();
          expect(sum(result.map((one) => one.energyWh))).toBe(String(energyWh));
          expect(sum(result.map((one) => (Date.parse(one.to) - Date.parse(one.from)) / 60_000))).toBe(String(length));
          expect(result.every((one, index) => one.from === (result[index - 1]?.to ?? at(0)))).toBe(true);
        },
      ),
    ));
});

describe('a CDR', () => {
  const session: CdrSession = {
    sessionId: 's1',
    siteId: 'site',
    stationId: 'cs',
    evseId: 2,
    startedAt: at(0),
    endedAt: at(150),
    tokenType: 'ISO14443',
    tokenUid: 'sealed',
    tariff,
  };
  const periods = [
    period(0, 45, 'Charging', 5000),
    period(45, 75, 'SuspendedEVSE'),
    period(75, 120, 'Charging', 5000),
    period(120, 150, 'SuspendedEV'),
  ];
  const rating = rate({ tariff, timeZone: 'UTC', periods: ratingPeriodsOf(periods) });
  const cdr = cdrFrom(session, rating, { ratingSeq: 3, issuedAt: at(151) });

  it('holds the session as OCPI 2.2.1 wants it', () =>
    expect(cdr).toMatchObject({
      country_code: 'NL',
      party_id: 'JST',
      id: cdrIdOf('s1', 3),
      start_date_time: at(0),
      end_date_time: at(150),
      session_id: 's1',
      cdr_token: { uid: 'sealed', type: 'RFID' },
      cdr_location: { id: 'site', evse_uid: 'cs-2', connector_id: '1' },
      currency: 'EUR',
      tariffs: [{ id: 'idle' }],
      total_cost: { excl_vat: 6.5, incl_vat: 7.865 },
      total_energy: 10,
      total_energy_cost: { excl_vat: 5, incl_vat: 6.05 },
      total_time: 2.5,
      total_parking_time: 0.5,
      total_parking_cost: { excl_vat: 1.5, incl_vat: 1.815 },
      last_updated: at(151),
    }));

  it('has one charging period where prices and use stay the same', () =>
    expect(cdr.charging_periods.map(({ start_date_time, dimensions }) => [start_date_time, ...dimensions.slice(0, 2)])).toEqual([
      [at(0), { type: 'ENERGY', volume: 10 }, { type: 'TIME', volume: 2 }],
      [at(120), { type: 'PARKING_TIME', volume: 0.5 }, { type: 'MIN_POWER', volume: 0 }],
    ]));

  it('has the same id for the same rating, and another for the next', () => {
    expect(cdr.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(cdrIdOf('s1', 3)).toBe(cdr.id);
    expect(cdrIdOf('s1', 4)).not.toBe(cdr.id);
  });

  it('is taken back by a credit that differs in its total alone', () => {
    const credit = creditOf(cdr, at(200));
    expect(credit).toEqual({
      ...cdr,
      id: `${cdr.id}-C`,
      credit: true,
      credit_reference_id: cdr.id,
      total_cost: { excl_vat: -6.5, incl_vat: -7.865 },
      last_updated: at(200),
    });
    expect(credit.id.length).toBeLessThanOrEqual(39);
  });
});
