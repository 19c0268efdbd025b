-- Money: charge records and their lines as issued; credits are rows of their own with negative amounts.
create or replace view analytics.cdrs as
  select tenant_id, cdr_id, session_id, site_id, rating_seq, credit_of, issued_at, currency, amount_net, amount_gross,
    (case when credit_of is null then energy_wh else -energy_wh end)::numeric(15,3) as energy_wh, payable_net, payable_gross
  from cdrs;
comment on view analytics.cdrs is 'Charge detail records; a credit is a row of its own with negative amounts and energy, so that sums are what is billed';
comment on column analytics.cdrs.issued_at is 'When it was issued';
comment on column analytics.cdrs.payable_net is 'What is invoiced for it before tax: amount_net half-up to the minor unit, from the exact amount; null = of before there were invoices';
comment on column analytics.cdrs.payable_gross is 'The same with tax';
comment on column analytics.cdrs.energy_wh is 'Energy it is about [Wh]; negative in a credit';

create or replace view analytics.cdr_lines as
  select tenant_id, cdr_id, line, session_id, rating_seq, credit_of, dimension, tariff_id, started_at, ended_at, quantity, unit, unit_price, vat_percent,
    amount_net, amount_gross, currency, issued_at
  from cdr_lines;
comment on view analytics.cdr_lines is 'What charge records are made of; one row for each price that applied';
comment on column analytics.cdr_lines.line is 'Number of the line within its record';
comment on column analytics.cdr_lines.dimension is 'ENERGY, TIME, PARKING_TIME, FLAT, RESERVATION_TIME, RESERVATION_FLAT, MIN_PRICE or MAX_PRICE';
comment on column analytics.cdr_lines.quantity is 'How much was billed, in unit';
comment on column analytics.cdr_lines.unit is 'Unit of quantity: kWh, h or session';
comment on column analytics.cdr_lines.unit_price is 'Price for one unit, before tax, in currency; null = of a least or highest price that comes to a million or more';
comment on column analytics.cdr_lines.vat_percent is 'Tax on the line [%]; null = none given';
comment on column analytics.cdr_lines.issued_at is 'When the record was issued';

create or replace view analytics.revenue_daily as
  select tenant_id, date_bin('1 day', issued_at, timestamptz '2000-01-01 00:00:00+00') as day, site_id, currency,
    sum(amount_net) as amount_net, sum(amount_gross) as amount_gross, sum(energy_wh) as energy_wh,
    count(*) filter (where credit_of is null) as cdrs, count(*) filter (where credit_of is not null) as credits
  from analytics.cdrs group by 1, 2, 3, 4;
comment on view analytics.revenue_daily is 'Revenue by the UTC day records were issued, site and currency; credits subtracted';
comment on column analytics.revenue_daily.energy_wh is 'Energy billed, credits subtracted [Wh]';
comment on column analytics.revenue_daily.cdrs is 'Records issued';
comment on column analytics.revenue_daily.credits is 'Credits issued';

create or replace view analytics.invoices as
  select tenant_id, invoice_id, number, seq, account_id, kind, currency, issued_at, period_from, period_to, lines, amount_net, amount_gross from invoices;
comment on view analytics.invoices is 'Invoices and credit notes as issued, one row each; nothing about one changes later';
comment on column analytics.invoices.invoice_id is 'Id of the invoice';
comment on column analytics.invoices.number is 'Its number: the series of the account, then seq';
comment on column analytics.invoices.seq is 'Number within the account, from 1 without a gap';
comment on column analytics.invoices.account_id is 'Pseudonym of the token it is for; site:… = no token was told';
comment on column analytics.invoices.kind is 'invoice, or creditNote where more is given back than owed';
comment on column analytics.invoices.issued_at is 'When it was issued';
comment on column analytics.invoices.period_from is 'Start of its first session';
comment on column analytics.invoices.period_to is 'End of its last session';
comment on column analytics.invoices.lines is 'How many lines it has';

create or replace view analytics.invoice_lines as
  select tenant_id, invoice_id, line, account_id, cdr_id, credit_of, session_id, site_id, station_id, started_at, ended_at, energy_kwh, currency,
    amount_net, amount_gross, issued_at
  from invoice_lines;
comment on view analytics.invoice_lines is 'Lines of invoices, one for each charge record or credit; credits are negative, so that sums are what is owed';
comment on column analytics.invoice_lines.invoice_id is 'Id of the invoice';
comment on column analytics.invoice_lines.line is 'Number of the line on its invoice, from 1';
comment on column analytics.invoice_lines.account_id is 'Pseudonym of the token it is for; site:… = no token was told';
comment on column analytics.invoice_lines.energy_kwh is 'Energy of the record [kWh]; negative in a credit';
comment on column analytics.invoice_lines.issued_at is 'When the invoice was issued';

create or replace view analytics.account_charges as
  select tenant_id, cdr_id, account_id, credit_of, session_id, site_id, station_id, started_at, ended_at, energy_kwh, currency, amount_net, amount_gross,
    charged_at, invoice_id
  from account_charges;
comment on view analytics.account_charges is 'What accounts owe: one row for each charge record or credit, on an invoice or still open';
comment on column analytics.account_charges.account_id is 'Pseudonym of the token it is for; site:… = no token was told';
comment on column analytics.account_charges.energy_kwh is 'Energy of the record [kWh]; negative in a credit';
comment on column analytics.account_charges.charged_at is 'When the record was issued';
comment on column analytics.account_charges.invoice_id is 'The invoice it is on; null = it is open';

create or replace view analytics.payments as
  select tenant_id, payment_id, session_id, account_id, currency, state, held, captured, refunded, reason, changed_at from payments;
comment on view analytics.payments is 'Payments as the provider has them: one row each, what was held, captured and given back';
comment on column analytics.payments.payment_id is 'Id of the payment';
comment on column analytics.payments.account_id is 'Pseudonym of the token that pays';
comment on column analytics.payments.state is 'holding, held, capturing, captured, releasing, released, refunding or failed';
comment on column analytics.payments.held is 'What was reserved, taxes included';
comment on column analytics.payments.captured is 'What was taken of it';
comment on column analytics.payments.refunded is 'What was given back of that';
comment on column analytics.payments.reason is 'Why its last order failed, in the provider''s words; null = it did not';
comment on column analytics.payments.changed_at is 'When that was told';

create or replace view analytics.session_payments as
  select tenant_id, session_id, account_id, site_id, station_id, currency, owed, on_request, paid, open, changed_at from session_payments;
comment on view analytics.session_payments is 'Sessions of accounts with a payment method: what each owes and was paid';
comment on column analytics.session_payments.account_id is 'Pseudonym of the token that pays';
comment on column analytics.session_payments.owed is 'Charge records less credits, taxes included; null = none issued yet';
comment on column analytics.session_payments.on_request is 'Given back because somebody asked for it';
comment on column analytics.session_payments.paid is 'Captured less refunded';
comment on column analytics.session_payments.open is 'owed less on_request less paid';
comment on column analytics.session_payments.changed_at is 'When that was told';

create or replace view analytics.reconciliations as
  select tenant_id, day::date as day, computed_at, is_even, sites, differing_sites, sessions, without_record, without_registers, register_wh, recorded_wh,
    energy_difference_wh
  from reconciliations;
comment on view analytics.reconciliations is 'Days as they were reconciled at night, all sites together, also where nothing differs; the last word about each day';
comment on column analytics.reconciliations.day is 'The day, UTC: of sessions by their end';
comment on column analytics.reconciliations.computed_at is 'When that was told';
comment on column analytics.reconciliations.is_even is 'Nothing differs by more than records round energy, and nothing is missing';
comment on column analytics.reconciliations.sites is 'Sites there were';
comment on column analytics.reconciliations.differing_sites is 'Of these with a difference';
comment on column analytics.reconciliations.sessions is 'Sessions that ended';
comment on column analytics.reconciliations.without_record is 'Of these without a charge record';
comment on column analytics.reconciliations.without_registers is 'Of these without a first or last register';
comment on column analytics.reconciliations.register_wh is 'Last less first registers [Wh]';
comment on column analytics.reconciliations.recorded_wh is 'Charge records less credits [Wh]';
comment on column analytics.reconciliations.energy_difference_wh is 'register_wh less recorded_wh; sites with opposite signs hide each other, differing_sites does not';

create or replace view analytics.reconciliation_amounts as
  select tenant_id, day::date as day, what, currency, expected, found, open, difference from reconciliation_amounts;
comment on view analytics.reconciliation_amounts is 'Their gross amounts by currency, also where nothing differs; difference = expected less found less open';
comment on column analytics.reconciliation_amounts.day is 'The day, UTC';
comment on column analytics.reconciliation_amounts.what is 'ratings: records less credits against last ratings; invoices: the same against lines of invoices; payments: what is paid by a method against payments';
comment on column analytics.reconciliation_amounts.expected is 'What should be found';
comment on column analytics.reconciliation_amounts.found is 'What was found';
comment on column analytics.reconciliation_amounts.open is 'What is not due yet: on no invoice, or not paid';
comment on column analytics.reconciliation_amounts.difference is 'What is left';
