// VAT numbers that stations ask about: written as authorities write them, and looked up where an operator named a register (OCPP 2.1 C22).
// What is answered is said by the rules beside.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Company, CompanyRegister } from '#ports';

/** Two letters of the country, then what it gives out: a number nobody could have is not asked about. */
const VAT_NUMBER = /^[A-Z]{2}(?=.*\d)[0-9A-Z+*]{2,18}$/;

export const vatNumberIn = (text: string): string | undefined => {
  const bare = text.toUpperCase().replace(/[\s.\-/]/g, '');
  return VAT_NUMBER.test(bare) ? bare : undefined;
};

export type CompanyFinding =
  | { readonly company: Company }
  | { readonly unknown: 'NotEnabled' | 'InvalidValue' | 'NotFound' | 'InternalError' };

/** Never rejects. Without a register nobody counts as checked, and the receipt goes out without a company. */
export async function companyOf(register: CompanyRegister | undefined, vatNumber: string): Promise<CompanyFinding> {
  if (register === undefined) return { unknown: 'NotEnabled' };
  const number = vatNumberIn(vatNumber);
  if (number === undefined) return { unknown: 'InvalidValue' };
  try {
    const company = await register.find(number);
    return company === undefined ? { unknown: 'NotFound' } : { company };
  } catch {
    return { unknown: 'InternalError' };
  }
}

const text = (most: number) => z.string().min(1).max(most);
const Companies = z.record(
  text(20),
  z.strictObject({
    name: text(50),
    address1: text(100),
    address2: text(100).optional(),
    city: text(100),
    postalCode: text(20).optional(),
    country: text(50),
  }),
);

/** The companies of a file: a JSON object of VAT numbers, each with what goes on a receipt. Throws where it is none. */
export function companiesIn(file: string): CompanyRegister {
  const companies = Companies.parse(JSON.parse(readFileSync(file, 'utf8')));
  const byNumber = new Map(Object.entries(companies).map(([number, company]) => [vatNumberIn(number) ?? number, company as Company]));
  return { find: async (vatNumber) => byNumber.get(vatNumber) };
}
