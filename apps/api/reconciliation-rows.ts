// Rows of the nightly reconciliation: a day, and its amounts by currency and by what was compared.
// How it comes about is nightly-reconciliation.ts's.
import type { NetworkEvent, Recorded } from '#contracts';
import { comparisonsOf } from '#domain/billing';
import type { RowWrite, TableSpec } from '#service';

const reconciliations: TableSpec = {
  name: 'reconciliations',
  columns: {
    tenant_id: 'text',
    day: 'text',
    computed_at: 'timestamptz',
    is_even: 'boolean',
    sites: 'integer',
    differing_sites: 'integer',
    sessions: 'integer',
    without_record: 'integer',
    without_registers: 'integer',
    register_wh: 'numeric',
    recorded_wh: 'numeric',
    energy_difference_wh: 'numeric',
    report: 'jsonb',
  },
  key: ['tenant_id', 'day'],
};
const amounts: TableSpec = {
  name: 'reconciliation_amounts',
  columns: {
    tenant_id: 'text',
    day: 'text',
    currency: 'text',
    what: 'text',
    expected: 'numeric',
    found: 'numeric',
    open: 'numeric',
    difference: 'numeric',
  },
  key: ['tenant_id', 'day', 'currency', 'what'],
};

export const RECONCILIATION_TABLES: readonly TableSpec[] = [reconciliations, amounts];

type DayReconciled = Recorded<Extract<NetworkEvent, { readonly type: 'DayReconciled' }>>;

export function reconciliationRows({ tenantId, time, data }: DayReconciled): readonly RowWrite[] {
  const { day, isEven, sites, differingSites, sessions, withoutRecord, withoutRegisters } = data;
  const key = { tenant_id: tenantId, day };
  return [
    {
      table: reconciliations,
      row: {
        ...{ ...key, computed_at: time, is_even: isEven, sites, differing_sites: differingSites, sessions },
        ...{ without_record: withoutRecord, without_registers: withoutRegisters, register_wh: data.registerWh },
        ...{ recorded_wh: data.recordedWh, energy_difference_wh: data.energyDifferenceWh, report: data },
      },
    },
    ...comparisonsOf(data).map((comparison) => ({ table: amounts, row: { ...key, ...comparison } })),
  ];
}
