// The table of what drivers were told about costs, as migrations/0046-told-costs.sql creates it.
import type { TableSpec } from '#service';

export const TOLD_COSTS: TableSpec = {
  name: 'told_costs',
  columns: {
    tenant_id: 'text',
    site_id: 'text',
    station_id: 'text',
    transaction_id: 'text',
    total_cost: 'numeric',
    told_by: 'text',
    told_at: 'timestamptz',
  },
  key: ['tenant_id', 'site_id', 'station_id', 'transaction_id'],
};
