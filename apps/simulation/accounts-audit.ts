// Energy and money at the end: every transaction of every station is one session with the energy of its registers, and costs that energy times the price.
// The stations' own ledgers are the truth; sessions and charge records are read as an outsider would.
import type { Fleet, TransactionRecord } from '#apps/simulator';
import type { LogRecord } from '#ports';
import type { PlainRow } from './statements.js';

export interface Difference {
  readonly rule: string;
  readonly text: string;
}

const WH = 0.0015;
const EUR = 0.001;

interface Cdr {
  readonly total_cost: { readonly excl_vat: number };
}

/** Net amount per session over all charge records and credits, each counted once. */
export function amountsOf(billing: readonly LogRecord[]): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  const counted = new Set<string>();
  for (const { headers, value } of billing) {
    const id = headers.ce_id ?? '';
    if (counted.has(id) || (headers.ce_type !== 'CdrIssued' && headers.ce_type !== 'CdrCredited')) continue;
    counted.add(id);
    const { sessionId, cdr } = JSON.parse(value) as { sessionId: string; cdr: Cdr };
    const sign = headers.ce_type === 'CdrIssued' ? 1 : -1;
    amounts.set(sessionId, (amounts.get(sessionId) ?? 0) + sign * Math.abs(cdr.total_cost.excl_vat));
  }
  return amounts;
}

export function auditAccounts(
  fleet: Fleet,
  sessions: readonly PlainRow[],
  billing: readonly LogRecord[],
  pricePerKwh: number,
): readonly Difference[] {
  const found: Difference[] = [];
  const amounts = amountsOf(billing);
  const byTransaction = new Map<string, PlainRow[]>();
  for (const row of sessions) {
    const key = `${row.station_id} ${row.transaction_id}`;
    byTransaction.set(key, [...(byTransaction.get(key) ?? []), row]);
  }
  const matched = new Set<PlainRow>();
  for (const { stationId, transactions } of fleet.totals())
    for (const record of transactions) {
      const rows = byTransaction.get(`${stationId} ${record.transactionId}`) ?? [];
      for (const row of rows) matched.add(row);
      found.push(...judge(record, rows, amounts, pricePerKwh));
    }
  for (const row of sessions)
    if (!matched.has(row))
      found.push({
        rule: 'energy',
        text: `session ${row.session_id} of ${row.station_id}: no station knows transaction ${row.transaction_id}`,
      });
  return found;
}

function judge(
  { stationId, transactionId, meterStartWh, meterStopWh, endedAt }: TransactionRecord,
  rows: readonly PlainRow[],
  amounts: ReadonlyMap<string, number>,
  pricePerKwh: number,
): readonly Difference[] {
  const name = `${stationId} ${transactionId ?? '(never answered)'}`;
  const [row] = rows;
  if (row === undefined || rows.length !== 1) return [{ rule: 'energy', text: `${name}: ${rows.length} sessions instead of one` }];
  const energyWh = (meterStopWh ?? Number.NaN) - meterStartWh;
  const found: Difference[] = [];
  if (row.status !== 'ended') found.push({ rule: 'energy', text: `${name}: ended at ${endedAt}, its session is ${row.status}` });
  if (row.status === 'ended' && row.provisional !== 'false')
    found.push({ rule: 'energy', text: `${name}: ended at ${endedAt}, its session ended only provisionally (${row.reason})` });
  if (!(Math.abs(Number(row.energy_wh) - energyWh) <= WH))
    found.push({
      rule: 'energy',
      text: `${name}: ${row.energy_wh} Wh in session ${row.session_id}, ${energyWh} Wh by its registers (${row.flags})`,
    });
  const amount = amounts.get(row.session_id ?? '');
  const due = (energyWh / 1000) * pricePerKwh;
  if (amount === undefined || !(Math.abs(amount - due) <= EUR))
    found.push({ rule: 'money', text: `${name}: billed ${amount ?? 'never'}, due ${due} for ${energyWh} Wh` });
  return found;
}
