// VAT numbers: looked up as authorities write them, never where no register was named, and answered whatever becomes of that.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { scratch } from '#testing';
import { ANSWERS_21 } from './answers-v21.js';
import { companiesIn, companyOf } from './company-desk.js';

const ACME = { name: 'Acme', address1: 'Street 1', city: 'Delft', country: 'NL' };
const context = {
  entry: { bootStatus: 'Accepted', heartbeatIntervalS: 300 },
  bootRetryIntervalS: 60,
  now: '2026-03-01T12:00:00Z',
} as const;
const answer = async (register: Parameters<typeof companyOf>[0], vatNumber: string): Promise<unknown> => {
  const company = await companyOf(register, vatNumber);
  return ANSWERS_21.get('VatNumberValidation')?.({ ...context, company }, { vatNumber, evseId: 1 });
};

describe('VatNumberValidation', () => {
  const file = join(scratch(), 'companies.json');
  writeFileSync(file, JSON.stringify({ 'NL 123.456.789 B01': ACME }));
  const known = companiesIn(file);

  it('is accepted with the company where the register knows it, however it is written', async () => {
    expect(await answer(known, 'nl123456789b01')).toEqual({ vatNumber: 'nl123456789b01', evseId: 1, status: 'Accepted', company: ACME });
  });
  it.each<[string, Parameters<typeof companyOf>[0], string, string]>([
    ['is not known', known, 'DE123456789', 'NotFound'],
    ['is none', known, 'not a number', 'InvalidValue'],
    ['is asked about where there is no register', undefined, 'NL123456789B01', 'NotEnabled'],
    ['cannot be looked up', { find: () => Promise.reject(new Error('away')) }, 'NL123456789B01', 'InternalError'],
  ])('is rejected with the reason where the number %s', async (_, register, vatNumber, reasonCode) => {
    expect(await answer(register, vatNumber)).toEqual({ vatNumber, evseId: 1, status: 'Rejected', statusInfo: { reasonCode } });
  });
  it('takes no file of anything else', () => {
    writeFileSync(file, JSON.stringify({ NL1: { name: 'x' } }));
    expect(() => companiesIn(file)).toThrow();
  });
});
