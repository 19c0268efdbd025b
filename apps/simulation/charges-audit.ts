// Accounts at the end: every charge record and every credit is charged once, and is a row of its account. What records come to is in accounts-audit.ts.
import type { AccountCharged, CdrIssued } from '#contracts';
import type { LogRecord } from '#ports';
import type { Difference } from './accounts-audit.js';
import type { PlainRow } from './statements.js';

/** ISO 4217: of what has no tariff. */
const NO_CURRENCY = 'XXX';

/** Facts with equal ids are one. */
export function factsIn<Data>(billing: readonly LogRecord[], ...types: readonly string[]): readonly Data[] {
  const told = billing.filter(({ headers }) => types.includes(headers.ce_type ?? ''));
  return [...new Map(told.map(({ headers, value }) => [headers.ce_id, value])).values()].map((value) => JSON.parse(value));
}

export function auditCharges(billing: readonly LogRecord[], rows: readonly PlainRow[]): readonly Difference[] {
  const records = factsIn<Pick<CdrIssued, 'cdr'>>(billing, 'CdrIssued', 'CdrCredited')
    .map(({ cdr }) => cdr)
    .filter(({ currency }) => currency !== NO_CURRENCY);
  const charged = Map.groupBy(factsIn<AccountCharged>(billing, 'AccountCharged'), ({ cdrId }) => cdrId);
  const kept = new Set(rows.map(({ cdr_id }) => cdr_id));
  const wrong = (text: string): Difference => ({ rule: 'money', text });
  return [
    ...records.flatMap(({ id }) => {
      const count = charged.get(id)?.length ?? 0;
      return count === 1 && kept.has(id)
        ? []
        : [wrong(`the record ${id} was charged ${count} times, and ${kept.has(id) ? 'is' : 'is not'} a row`)];
    }),
    ...(charged.size === records.length ? [] : [wrong(`${charged.size} records were charged, ${records.length} were issued or credited`)]),
  ];
}
