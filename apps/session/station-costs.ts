// What stations of 2.1 calculate of a transaction themselves (costDetails of a TransactionEvent), as they told it last while it ran and when it ended.
// What the session costs is billing's, and the two are compared where they are read.
import type { RowWrite, TableSpec } from '#service';
import { asObject, type Json } from './json.js';
import type { SiteInput } from './site-fold.js';

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const STATION_COSTS: TableSpec = {
  name: 'station_costs',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    transaction_id: 'text',
    is_final: 'boolean',
    currency: 'text',
    type_of_cost: 'text',
    net: 'numeric',
    gross: 'numeric',
    failure: 'text',
    details: 'jsonb',
    at: 'timestamptz',
  },
  key: ['tenant_id', 'station_id', 'transaction_id', 'is_final'],
};

export function stationCostRows(input: SiteInput, place: Json): readonly RowWrite[] {
  if (input.type !== 'CallReceived' || input.data.action !== 'TransactionEvent' || input.data.answer.kind === 'error') return [];
  const { costDetails, transactionInfo, eventType } = asObject(input.data.payload);
  if (costDetails === undefined) return [];
  const { totalCost, failureToCalculate, failureReason } = asObject(costDetails);
  const { currency, typeOfCost, total } = asObject(totalCost);
  const { exclTax, inclTax } = asObject(total);
  const row = {
    ...place,
    transaction_id: String(asObject(transactionInfo).transactionId ?? ''),
    is_final: eventType === 'Ended',
    currency: textOrNull(currency),
    type_of_cost: textOrNull(typeOfCost),
    net: numberOrNull(exclTax),
    gross: numberOrNull(inclTax),
    failure: failureToCalculate === true ? (textOrNull(failureReason) ?? 'not told') : null,
    details: costDetails,
    at: input.time,
  };
  return [{ table: STATION_COSTS, row }];
}
