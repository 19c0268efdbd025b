// The public worked examples and our own cases, priced to the last digit, and every published tariff accepted.
// Rules one by one are in rate.spec.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type CasePrice, rateCase } from './rating-case.js';
import { TariffSchema } from './tariff.js';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/ocpi-tariffs');
const read = (folder: string): { name: string; body: Record<string, unknown> }[] =>
  readdirSync(join(FIXTURES, folder)).map((name) => ({ name, body: JSON.parse(readFileSync(join(FIXTURES, folder, name), 'utf8')) }));

const priced = (body: unknown): CasePrice => {
  const result = rateCase(body);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

describe('priced cases', () => {
  const cases = read('cases');
  it('are all there', () => expect(cases).toHaveLength(23));
  it.each(cases)('$name', ({ body: { expected, ...body } }) => expect(priced(body)).toMatchObject(expected as object));
});

describe('published tariffs', () => {
  const tariffs = read('tariffs');
  it('are all there', () => expect(tariffs).toHaveLength(24));
  const known = { country_code: 'DE', party_id: 'ALL', last_updated: '2026-01-01T00:00:00Z' };
  it.each(tariffs)('$name', ({ body }) => expect(TariffSchema.parse({ ...known, ...body })).toMatchObject({ id: body.id }));
});

describe('other kinds of case', () => {
  const tariff = (id: string, price: number, from: string) => ({
    id,
    currency: 'EUR',
    start_date_time: from,
    elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }],
  });
  const cdr = {
    id: 'abc',
    start_date_time: '2026-02-03T10:00:00Z',
    end_date_time: '2026-02-03T11:00:00Z',
    charging_periods: [{ start_date_time: '2026-02-03T10:00:00Z', dimensions: [{ type: 'ENERGY', volume: 10 }] }],
  };

  it('pins the tariff that is valid when the session starts', () =>
    expect(
      priced({
        kind: 'pin_tariff',
        tariffs: [tariff('old', 0.3, '2026-01-01T00:00:00Z'), tariff('new', 0.4, '2026-02-03T10:30:00Z')],
        cdr,
      }),
    ).toMatchObject({
      tariff_id: 'old',
      total_cost: { excl_vat: '3.0000' },
    }));

  it('takes a CDR back with its own total, negated, and nothing else changed', () =>
    expect(
      priced({
        kind: 'credit_cdr',
        tariff: tariff('t', 0.3, '2026-01-01T00:00:00Z'),
        cdr: { ...cdr, total_cost: { excl_vat: 3.1, incl_vat: 3.72 } },
      }),
    ).toMatchObject({
      credit: true,
      credit_reference_id: 'abc',
      total_cost: { excl_vat: '-3.1000', incl_vat: '-3.7200' },
      total_energy_cost: { excl_vat: '3.0000' },
    }));

  it('says which field of a body it cannot read', () =>
    expect(
      rateCase({
        tariff: { elements: [{ price_components: [{ type: 'ENERGY', price: '1', step_size: 1 }] }] },
        time_zone: 'Mars/Olympus',
        cdr,
      }),
    ).toEqual({
      ok: false,
      error: [
        { path: 'time_zone', message: 'an IANA time zone such as Europe/Amsterdam' },
        { path: 'tariff.elements.0.price_components.0.price', message: 'a number' },
      ],
    }));

  describe('what no session can be', () => {
    const wrong = (change: object): readonly string[] => {
      const result = rateCase({ tariff: tariff('t', 0.3, '2026-01-01T00:00:00Z'), cdr: { ...cdr, ...change } });
      return result.ok ? [] : result.error.map(({ path }) => path);
    };
    const [period] = cdr.charging_periods;
    const volume = (value: unknown) => ({ charging_periods: [{ ...period, dimensions: [{ type: 'ENERGY', volume: value }] }] });

    it('energy below zero, or beyond any meter', () => {
      for (const value of [-1, '-1', Number.POSITIVE_INFINITY, 'NaN', `1${'0'.repeat(400)}`])
        expect(wrong(volume(value))).toEqual(['cdr.charging_periods.0.dimensions.0.volume']);
      expect(wrong(volume('10.5'))).toEqual([]);
    });

    it('a dimension nobody knows, which would cost nothing, or a currency that the tariff is not in', () => {
      expect(wrong({ charging_periods: [{ ...period, dimensions: [{ type: 'ENERGI', volume: 10 }] }] })).toEqual([
        'cdr.charging_periods.0.dimensions.0.type',
      ]);
      expect(wrong({ currency: 'USD' })).toEqual(['cdr.currency']);
      expect(wrong({ currency: 'EUR' })).toEqual([]);
    });

    it('a dimension twice in a period, of which one would cost nothing, or a register that falls', () => {
      const twice = [...(period?.dimensions ?? []), { type: 'ENERGY', volume: 5 }];
      expect(wrong({ charging_periods: [{ ...period, dimensions: twice }] })).toEqual(['cdr.charging_periods.0.dimensions.1.type']);
      const session = {
        plugged_in: '2026-02-03T10:00:00Z',
        plugged_out: '2026-02-03T11:00:00Z',
        charging_states: [{ at: '2026-02-03T10:00:00Z', state: 'Charging' }],
        register_wh: [
          { at: '2026-02-03T11:00:00Z', value: '2000.5' },
          { at: '2026-02-03T10:00:00Z', value: 1000 },
          { at: '2026-02-03T10:30:00Z', value: 900 },
        ],
      };
      expect(rateCase({ tariff: tariff('t', 0.3, '2026-01-01T00:00:00Z'), session })).toEqual({
        ok: false,
        error: [{ path: 'session.register_wh.2.value', message: 'is below the reading before it' }],
      });
    });

    it('a tariff of a period that is not there: it would be priced by another', () => {
      const of = (tariff_id: string) => wrong({ charging_periods: [{ ...period, tariff_id }] });
      expect(of('u')).toEqual(['cdr.charging_periods.0.tariff_id']);
      expect(of('t')).toEqual([]);
    });

    it('a cdr and a session, of which one would be passed over', () => {
      const session = { plugged_in: cdr.start_date_time, plugged_out: cdr.end_date_time, charging_states: [], register_wh: [] };
      expect(rateCase({ tariff: tariff('t', 0.3, '2026-01-01T00:00:00Z'), cdr, session })).toEqual({
        ok: false,
        error: [{ path: 'session', message: 'either a cdr or a session, not both' }],
      });
    });

    it('thousands of years, or more prices and periods than anybody could look through', () => {
      expect(wrong({ end_date_time: '9999-12-31T23:59:59Z' })).toEqual(['cdr.end_date_time']);
      expect(wrong({ end_date_time: '2027-02-04T10:00:00Z' })).toEqual([]);
      const everyMinute = Array.from({ length: 1440 }, (_, minute) => ({
        price_components: [{ type: 'ENERGY', price: 1, step_size: 1 }],
        restrictions: { start_time: new Date(minute * 60_000).toISOString().slice(11, 16) },
      })).slice(1);
      const hourly = everyMinute.filter((_, index) => index % 60 === 59);
      const over = (elements: object) => rateCase({ tariff: { elements }, cdr: { ...cdr, end_date_time: '2027-02-03T10:00:00Z' } });
      expect(over(everyMinute)).toMatchObject({ ok: false, error: [{ path: 'tariff.elements' }] });
      expect(over(hourly)).toMatchObject({ ok: true });
    });

    it('an end before the start, periods outside or out of order, a day that no calendar has', () => {
      expect(wrong({ end_date_time: '2026-02-03T09:59:59Z' })).toContain('cdr.end_date_time');
      expect(wrong({ charging_periods: [{ ...period, start_date_time: '2026-02-03T11:00:01Z' }] })).toEqual([
        'cdr.charging_periods.0.start_date_time',
      ]);
      expect(wrong({ charging_periods: [{ ...period, start_date_time: '2026-02-03T10:30:00Z' }, period] })).toEqual([
        'cdr.charging_periods.1.start_date_time',
      ]);
      expect(wrong({ end_date_time: '2026-02-30T00:00:00Z' })).toEqual(['cdr.end_date_time']);
    });
  });
});

it('takes as long for many readings and states as for as many periods of a CDR', () => {
  const many = Array.from({ length: 40_000 }, (_, second) => ({ at: new Date(second * 1000).toISOString(), value: second }));
  const [plugged_in, plugged_out] = [many[0]?.at ?? '', many.at(-1)?.at ?? ''];
  const charging_states = many.map(({ at }, index) => ({ at, state: index % 2 === 0 ? 'Charging' : 'SuspendedEV' }));
  const charging_periods = many.map(({ at }) => ({ start_date_time: at, dimensions: [{ type: 'ENERGY', volume: 0.001 }] }));
  const tariff = { currency: 'EUR', elements: [{ price_components: [{ type: 'ENERGY', price: 1, step_size: 1 }] }] };
  const workOf = (of: object): number => {
    const before = process.cpuUsage();
    priced({ tariff, ...of });
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const ofCdr = workOf({ cdr: { start_date_time: plugged_in, end_date_time: plugged_out, charging_periods } });
  const ofSession = workOf({ session: { plugged_in, plugged_out, charging_states, register_wh: many } });
  expect(ofSession / ofCdr).toBeLessThan(6);
});
