-- Entries in the order in which they became visible: a transaction that is still open may hold lower numbers.
alter table feed add column xid xid8 not null default pg_current_xact_id();
create index feed_order on feed (xid, seq);
