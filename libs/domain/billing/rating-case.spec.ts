// The public worked examples and our own cases, priced to the last digit, and every published tariff accepted.
// Rules one by one are in rate.spec.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type CasePrice, rateCase } from './rating-case.js';
import { tariffFrom } from './tariff.js';

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
  const known = (body: Record<string, unknown>) => ({
    country_code: 'DE',
    party_id: 'ALL',
    id: String(body.id),
    last_updated: '2026-01-01T00:00:00Z',
  });
  it.each(tariffs)('$name', ({ body }) => expect(tariffFrom(body, known(body))).toMatchObject({ ok: true, value: { id: body.id } }));
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
});
