// Who sells and who buys, as invoices name them. What is asked of such a name, and nothing of what is owed.
import { z } from 'zod';

const line = (most: number) => z.string().trim().min(1).max(most);

export const PartySchema = z.strictObject({
  name: line(200),
  address1: line(200),
  address2: line(200).optional(),
  postalCode: line(20).optional(),
  city: line(100),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1)'),
  vatId: z
    .string()
    .regex(/^[A-Z0-9]{4,20}$/, 'capital letters and digits without separators')
    .optional(),
});
export type Party = z.infer<typeof PartySchema>;

/** Lines as on a letter. */
export const linesOf = ({ name, address1, address2, postalCode, city, country, vatId }: Party): readonly string[] => [
  name,
  address1,
  ...(address2 === undefined ? [] : [address2]),
  postalCode === undefined ? city : `${postalCode} ${city}`,
  country,
  ...(vatId === undefined ? [] : [`VAT ${vatId}`]),
];
