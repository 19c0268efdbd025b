-- Money: charge records and their lines as issued; credits are rows of their own with negative amounts.
create or replace view analytics.cdrs as
  select tenant_id, cdr_id, session_id, site_id, rating_seq, credit_of, issued_at, currency, amount_net, amount_gross, energy_wh from cdrs;
comment on view analytics.cdrs is 'Charge detail records; a credit is a row of its own with negative amounts, so that sums are revenue';
comment on column analytics.cdrs.issued_at is 'When it was issued';
comment on column analytics.cdrs.energy_wh is 'Energy it is about [Wh]; positive in a credit as well';

create or replace view analytics.cdr_lines as
  select tenant_id, cdr_id, line, session_id, rating_seq, credit_of, dimension, tariff_id, started_at, ended_at, quantity, unit, unit_price, vat_percent,
    amount_net, amount_gross, currency, issued_at
  from cdr_lines;
comment on view analytics.cdr_lines is 'What charge records are made of; one row for each price that applied';
comment on column analytics.cdr_lines.line is 'Number of the line within its record';
comment on column analytics.cdr_lines.dimension is 'ENERGY, TIME, PARKING_TIME, FLAT, RESERVATION_TIME, RESERVATION_FLAT, MIN_PRICE or MAX_PRICE';
comment on column analytics.cdr_lines.quantity is 'How much was billed, in unit';
comment on column analytics.cdr_lines.unit is 'Unit of quantity: kWh, h or session';
comment on column analytics.cdr_lines.unit_price is 'Price for one unit, before tax, in currency';
comment on column analytics.cdr_lines.vat_percent is 'Tax on the line [%]; null = none given';
comment on column analytics.cdr_lines.issued_at is 'When the record was issued';

create or replace view analytics.revenue_daily as
  select tenant_id, date_bin('1 day', issued_at, timestamptz '2000-01-01 00:00:00+00') as day, site_id, currency,
    sum(amount_net) as amount_net, sum(amount_gross) as amount_gross,
    sum(case when credit_of is null then energy_wh else -energy_wh end) as energy_wh,
    count(*) filter (where credit_of is null) as cdrs, count(*) filter (where credit_of is not null) as credits
  from cdrs group by 1, 2, 3, 4;
comment on view analytics.revenue_daily is 'Revenue by the UTC day records were issued, site and currency; credits subtracted';
comment on column analytics.revenue_daily.energy_wh is 'Energy billed, credits subtracted [Wh]';
comment on column analytics.revenue_daily.cdrs is 'Records issued';
comment on column analytics.revenue_daily.credits is 'Credits issued';
