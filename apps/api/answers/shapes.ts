// Shapes that answers are made of. `Kept` is what may not be there yet, or was never told: null then.
// What the answers are is its neighbours'.
import { z } from 'zod';

export const Id = z.string();
/** ISO 8601 with its offset. */
export const Time = z.iso.datetime({ offset: true });
export const Day = z.iso.date();
export const KeptText = z.string().nullable();
export const KeptTime = Time.nullable();
/** W, A and Wh of what is not known are null. */
export const Kept = z.number().nullable();
export const MoneyText = z.string().describe('a decimal');
/** Whose fields are somebody else's: a message of OCPP, an object of OCPI or OpenADR, a reason with its figures. */
export const Fields = z.record(z.string(), z.unknown());
/** Where a record is in the log. */
export const Place = z.object({ topic: z.string(), partition: z.int(), offset: z.number() });
export const NetAndGross = z.object({ net: MoneyText, gross: MoneyText });
export const ExclAndIncl = z.object({ exclVat: MoneyText, inclVat: MoneyText });

/** A page of a list; `nextCursor` null: there is no more. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
export const Nothing = z.undefined();
export const Empty = z.object({});
