-- What analysts read: stable views over the tables of billing.
create schema if not exists analytics;
create view analytics.cdrs as
  select tenant_id, cdr_id, session_id, site_id, rating_seq, credit_of, issued_at, currency, amount_net, amount_gross, energy_wh from cdrs;
create view analytics.cdr_lines as
  select tenant_id, cdr_id, line, session_id, rating_seq, credit_of, dimension, tariff_id, quantity, unit, unit_price, vat_percent,
    amount_net, amount_gross, currency, issued_at from cdr_lines;
create view analytics.dim_tariffs as
  select tenant_id, tariff_id, tariff_version_id, currency, valid_from,
    lead(valid_from) over (partition by tenant_id, tariff_id order by tariff_version_id) as valid_to from tariff_versions;
create view analytics.revenue_daily as
  select tenant_id, date_bin('1 day', issued_at, timestamptz '2000-01-01 00:00:00+00') as day, site_id, currency,
    sum(amount_net) as amount_net, sum(amount_gross) as amount_gross,
    sum(case when credit_of is null then energy_wh else -energy_wh end) as energy_wh,
    count(*) filter (where credit_of is null) as cdrs, count(*) filter (where credit_of is not null) as credits
  from cdrs group by 1, 2, 3, 4;
comment on view analytics.revenue_daily is 'Net and gross revenue, energy and number of charge records for each UTC day, site and currency; credits subtracted';
