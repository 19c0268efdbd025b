// What drivers paid, by the bank's own account, held against what their cars drew: energy of the registers, times the price, with tax. And every charge is
// on one invoice. What each session is billed is accounts-audit.ts's.
import type { Fleet } from '#apps/simulator';
import type { InvoiceIssued, RefundRequested } from '#contracts';
import type { LogRecord } from '#ports';
import type { Difference } from './accounts-audit.js';
import { type Bank, cardOf, REFUND_CENTS } from './bank.js';
import { factsIn } from './charges-audit.js';
import type { Plan } from './plan.js';

/** Of all that a driver paid. */
const ROUNDING_CENTS = 1;

/** Begun watt-hours at the price [EUR/kWh] and with tax, half-up to the cent: whole numbers, so that nothing is rounded on the way. */
function centsFor(energyWh: number, pricePerKwh: number, taxPercent: number): number {
  const begunWh = Math.ceil(Math.round(energyWh * 1_000) / 1_000);
  const exact = begunWh * Math.round(pricePerKwh * 100) * (100 + taxPercent);
  return Math.floor((2 * exact + 100_000) / 200_000);
}

const money = (text: string): Difference => ({ rule: 'money', text });

/** `accountOf`: the account of a driver, by its idToken. */
export function auditPayments(
  fleet: Fleet,
  { cards, pricePerKwh, taxPercent }: Plan,
  bank: Bank,
  billing: readonly LogRecord[],
  accountOf: (idToken: string) => string,
): readonly Difference[] {
  const refused = new Set(factsIn<{ requestId: string }>(billing, 'RefundRefused').map(({ requestId }) => requestId));
  const asked = new Map(factsIn<RefundRequested>(billing, 'RefundRequested').map((request) => [request.requestId, request]));
  const given = [...asked.values()].filter(({ requestId }) => !refused.has(requestId));
  const perDriver = Map.groupBy(
    fleet.totals().flatMap(({ transactions }) => transactions),
    ({ idToken }) => idToken,
  );
  const moved = bank.moved();
  return [...cards].flatMap(([idToken, card]) => {
    const transactions = perDriver.get(idToken) ?? [];
    const owed = transactions.map(({ meterStartWh, meterStopWh = Number.NaN }) =>
      centsFor(meterStopWh - meterStartWh, pricePerKwh, taxPercent),
    );
    const back = given.filter(({ accountId }) => accountId === accountOf(idToken)).length * REFUND_CENTS;
    const due = card === 'good' ? owed.reduce((sum, cents) => sum + cents, 0) - back : 0;
    const paid = moved.get(cardOf(idToken, card)) ?? 0;
    return Math.abs(paid - due) <= ROUNDING_CENTS ? [] : [money(`${idToken} (${card}) paid ${paid} cents of ${due}`)];
  });
}

/** Once everybody asked for his invoices. */
export function auditInvoices(billing: readonly LogRecord[]): readonly Difference[] {
  const charges = new Set(factsIn<{ cdrId: string }>(billing, 'AccountCharged').map(({ cdrId }) => cdrId));
  const invoices = factsIn<InvoiceIssued>(billing, 'InvoiceIssued');
  const lines = Map.groupBy(
    invoices.flatMap(({ lines }) => lines),
    ({ cdrId }) => cdrId,
  );
  const answered = new Set(factsIn<InvoiceIssued>(billing, 'InvoiceIssued', 'InvoiceRefused').map(({ requestId }) => requestId));
  const asked = factsIn<{ requestId: string }>(billing, 'InvoiceRequested');
  const numbers = Map.groupBy(invoices, ({ accountId }) => accountId);
  return [
    ...[...charges].flatMap((id) =>
      lines.get(id)?.length === 1 ? [] : [money(`the charge ${id} is on ${lines.get(id)?.length ?? 0} invoice lines`)],
    ),
    ...[...lines.keys()].filter((id) => !charges.has(id)).map((id) => money(`an invoice has ${id}, which nobody was charged`)),
    ...asked
      .filter(({ requestId }) => !answered.has(requestId))
      .map(({ requestId }) => money(`the invoices of ${requestId} were never decided`)),
    ...[...numbers].flatMap(([accountId, own]) => {
      const told = own.map(({ seq }) => seq).sort((a, b) => a - b);
      return told.every((seq, index) => seq === index + 1) ? [] : [money(`invoices of ${accountId} have the numbers ${told.join(', ')}`)];
    }),
  ];
}
