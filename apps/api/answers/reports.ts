// Of sums over days: what was charged, and whether registers, records, invoices and payments agree.
import { z } from 'zod';
import { Day, Id, Kept, KeptText, MoneyText, NetAndGross, Time } from './shapes.js';

const Counts = { currency: z.string(), records: z.int(), credits: z.int() };
const Days = { from: Day, to: Day };

const Revenue = { ...Counts, chargedNet: MoneyText, creditedNet: MoneyText, net: MoneyText, gross: MoneyText, energyWh: z.number() };
export const RevenueReport = z
  .object({
    ...Days,
    siteId: Id.optional(),
    tariffId: Id.optional(),
    days: z.array(z.object({ day: Day, amounts: z.array(z.object(Revenue)) })),
    sites: z.array(z.object({ siteId: KeptText, ...Revenue })),
    tariffs: z.array(z.object({ tariffId: KeptText, ...Revenue })),
    amounts: z.array(z.object(Revenue)),
  })
  .meta({ id: 'RevenueReport' });

const Reconciled = z.object({ ...Counts, charged: NetAndGross, credited: NetAndGross, rated: NetAndGross, difference: NetAndGross });
export const Reconciliation = z
  .object({
    ...Days,
    rows: z.array(
      z.object({
        siteId: KeptText,
        day: Day,
        sessions: z.int(),
        withoutRecord: z.int(),
        withoutRegisters: z.int(),
        registerWh: Kept,
        recordedWh: Kept,
        energyDifferenceWh: Kept,
        amounts: z.array(Reconciled),
      }),
    ),
  })
  .meta({ id: 'Reconciliation' });
const Invoiced = z.object({
  ...Counts,
  charged: NetAndGross,
  credited: NetAndGross,
  invoiced: NetAndGross,
  open: NetAndGross,
  notCharged: NetAndGross.extend({ records: z.int() }),
  difference: NetAndGross,
});
export const InvoiceReconciliation = z
  .object({ ...Days, rows: z.array(z.object({ day: Day, amounts: z.array(Invoiced) })), amounts: z.array(Invoiced) })
  .meta({ id: 'InvoiceReconciliation' });
const Paid = z.object({
  currency: z.string(),
  sessions: z.int(),
  paidSessions: z.int(),
  charged: MoneyText,
  captured: MoneyText,
  refunded: MoneyText,
  refundedOnRequest: MoneyText,
  open: MoneyText,
  withoutMethod: MoneyText,
  difference: MoneyText,
});
export const PaymentReconciliation = z
  .object({ ...Days, rows: z.array(z.object({ day: Day, amounts: z.array(Paid) })) })
  .meta({ id: 'PaymentReconciliation' });
export const NightlyReports = z
  .object({
    ...Days,
    items: z.array(
      z.object({
        day: Day,
        sites: z.int(),
        sessions: z.int(),
        withoutRecord: z.int(),
        withoutRegisters: z.int(),
        registerWh: z.string(),
        recordedWh: z.string(),
        energyDifferenceWh: z.string(),
        amounts: z.array(Reconciled),
        invoices: z.array(Invoiced),
        payments: z.array(Paid),
        isEven: z.boolean().describe('nothing differs by more than charge records round energy, and nothing is missing'),
        differingSites: z.int(),
        differing: z.array(
          z.object({
            siteId: Id,
            energyDifferenceWh: z.string(),
            withoutRecord: z.int(),
            amounts: z.array(Reconciled.pick({ currency: true, difference: true })),
          }),
        ),
        computedAt: Time,
      }),
    ),
  })
  .meta({ id: 'NightlyReports' });
export const StatedRows = z.object({ module: z.int(), year: z.int(), rows: z.array(z.record(z.string(), z.unknown())) });
export const FormVerdict = z.object({
  isValid: z.boolean(),
  faults: z.array(z.object({ path: z.string().optional(), message: z.string().optional() })),
});
