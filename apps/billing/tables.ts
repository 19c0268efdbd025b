// The rows of billing and what writes them. All of them follow from the log; analysts read them through the schema `analytics`.
// Amounts are numeric and arrive as decimal strings; a credit is a negative row of its own, so that sums are revenue.
import type { BillingEventData, NetworkEvent, Recorded, SessionEvent } from '#contracts';
import type { Cdr } from '#domain/billing';
import type { Output, RowWrite, TableSpec } from '#service';
import type { FinalRating, SessionBill } from './session-bill.js';
import type { TariffBook } from './tariff-book.js';

const tariffs: TableSpec = {
  name: 'tariffs',
  columns: { tenant_id: 'text', tariff_id: 'text', currency: 'text', tariff: 'jsonb', changed_at: 'timestamptz' },
  key: ['tenant_id', 'tariff_id'],
};
const tariffVersions: TableSpec = {
  name: 'tariff_versions',
  columns: {
    tenant_id: 'text',
    tariff_id: 'text',
    tariff_version_id: 'bigint',
    currency: 'text',
    tariff: 'jsonb',
    valid_from: 'timestamptz',
  },
  key: ['tenant_id', 'tariff_id', 'tariff_version_id'],
};
const siteTariffs: TableSpec = {
  name: 'site_tariffs',
  columns: { tenant_id: 'text', site_id: 'text', tariff_id: 'text', assigned_at: 'timestamptz', former_tariff_id: 'text' },
  key: ['tenant_id', 'site_id'],
};
const sessionCosts: TableSpec = {
  name: 'session_costs',
  columns: {
    tenant_id: 'text',
    session_id: 'text',
    site_id: 'text',
    rating_seq: 'integer',
    is_final: 'boolean',
    tariff_id: 'text',
    currency: 'text',
    amount_net: 'numeric',
    amount_gross: 'numeric',
    payable_net: 'numeric',
    payable_gross: 'numeric',
    energy_kwh: 'numeric',
    rated_at: 'timestamptz',
  },
  key: ['tenant_id', 'session_id'],
};
const cdrs: TableSpec = {
  name: 'cdrs',
  columns: {
    tenant_id: 'text',
    cdr_id: 'text',
    session_id: 'text',
    site_id: 'text',
    rating_seq: 'integer',
    credit_of: 'text',
    issued_at: 'timestamptz',
    currency: 'text',
    amount_net: 'numeric',
    amount_gross: 'numeric',
    payable_net: 'numeric',
    payable_gross: 'numeric',
    energy_wh: 'numeric',
    cdr: 'jsonb',
  },
  key: ['tenant_id', 'cdr_id'],
};
const cdrLines: TableSpec = {
  name: 'cdr_lines',
  columns: {
    tenant_id: 'text',
    cdr_id: 'text',
    line: 'integer',
    session_id: 'text',
    rating_seq: 'integer',
    credit_of: 'text',
    dimension: 'text',
    tariff_id: 'text',
    tariff_element: 'integer',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    quantity: 'numeric',
    unit: 'text',
    step_added: 'numeric',
    unit_price: 'numeric',
    vat_percent: 'numeric',
    amount_net: 'numeric',
    amount_gross: 'numeric',
    currency: 'text',
    issued_at: 'timestamptz',
  },
  key: ['tenant_id', 'cdr_id', 'line'],
};

export const BILLING_TABLES: readonly TableSpec[] = [tariffs, tariffVersions, siteTariffs, sessionCosts, cdrs, cdrLines];

export function tariffRows({ type, data, tenantId, time, at }: Recorded<NetworkEvent>, { sites }: TariffBook): readonly RowWrite[] {
  switch (type) {
    case 'TariffChanged': {
      const { tariff } = data;
      const common = { tenant_id: tenantId, tariff_id: tariff.id, currency: tariff.currency, tariff };
      return [
        { table: tariffs, row: { ...common, changed_at: time } },
        { table: tariffVersions, row: { ...common, tariff_version_id: at.offset, valid_from: time } },
      ];
    }
    case 'SiteTariffAssigned': {
      const { siteId, tariffId } = data;
      // Until this one holds, the one before does.
      const former = sites[siteId] === tariffId ? {} : { former_tariff_id: sites[siteId] ?? null };
      return [{ table: siteTariffs, row: { tenant_id: tenantId, site_id: siteId, tariff_id: tariffId, assigned_at: time, ...former } }];
    }
    default:
      return [];
  }
}

/** `before` knows the lines that a credit takes back. */
export function billRows(
  before: SessionBill,
  after: SessionBill,
  input: Recorded<SessionEvent>,
  outputs: readonly Output[],
): readonly RowWrite[] {
  return outputs.flatMap((output): readonly RowWrite[] => {
    switch (output.type) {
      case 'SessionRated':
        return [costRow(output.data as BillingEventData['SessionRated'], input)];
      case 'CdrIssued': {
        const { cdr, ratingSeq } = output.data as BillingEventData['CdrIssued'];
        return after.issued === undefined ? [] : cdrRows(cdr, ratingSeq, after.issued.rating, input);
      }
      case 'CdrCredited': {
        const { cdr } = output.data as BillingEventData['CdrCredited'];
        return before.issued === undefined ? [] : cdrRows(cdr, before.issued.ratingSeq, before.issued.rating, input);
      }
      default:
        return [];
    }
  });
}

function costRow({ sessionId, ratingSeq, final, rating }: BillingEventData['SessionRated'], input: Recorded<SessionEvent>): RowWrite {
  const { cost, payable, energyKwh } = rating.totals;
  return {
    table: sessionCosts,
    row: {
      tenant_id: input.tenantId,
      session_id: sessionId,
      site_id: input.siteId ?? '',
      rating_seq: ratingSeq,
      is_final: final,
      tariff_id: rating.tariffId ?? null,
      currency: rating.currency,
      amount_net: cost.exclVat,
      amount_gross: cost.inclVat,
      payable_net: payable.exclVat,
      payable_gross: payable.inclVat,
      energy_kwh: energyKwh,
      rated_at: input.time,
    },
  };
}

function cdrRows(
  cdr: Cdr,
  ratingSeq: number,
  { lines, totals: { payable } }: FinalRating,
  { tenantId, siteId, time }: Recorded<SessionEvent>,
): readonly RowWrite[] {
  const signed = (amount: string): string =>
    cdr.credit === true && /[1-9]/.test(amount) ? (amount.startsWith('-') ? amount.slice(1) : `-${amount}`) : amount;
  const common = {
    tenant_id: tenantId,
    cdr_id: cdr.id,
    session_id: cdr.session_id,
    rating_seq: ratingSeq,
    credit_of: cdr.credit_reference_id ?? null,
    currency: cdr.currency,
    issued_at: time,
  };
  const whole: RowWrite = {
    table: cdrs,
    row: {
      ...common,
      site_id: siteId ?? '',
      amount_net: cdr.total_cost.excl_vat.toFixed(4),
      amount_gross: (cdr.total_cost.incl_vat ?? cdr.total_cost.excl_vat).toFixed(4),
      payable_net: signed(payable.exclVat),
      payable_gross: signed(payable.inclVat),
      energy_wh: Math.round(cdr.total_energy * 1_000_000) / 1000,
      cdr,
    },
  };
  const parts = lines.map((line, index): RowWrite => {
    const { kind, tariffId, element, from, to, quantity, unit, stepAdded, unitPrice, vatPercent, amount } = line;
    return {
      table: cdrLines,
      row: {
        ...common,
        line: index + 1,
        dimension: kind,
        tariff_id: tariffId ?? null,
        tariff_element: element ?? null,
        started_at: from,
        ended_at: to,
        quantity: signed(quantity),
        unit,
        step_added: signed(stepAdded),
        unit_price: /^-?\d{1,6}(\.|$)/.test(unitPrice) ? unitPrice : null, // the column has room for no more
        vat_percent: vatPercent ?? null,
        amount_net: signed(amount.exclVat),
        amount_gross: signed(amount.inclVat),
      },
    };
  });
  return [whole, ...parts];
}
