-- Whether the audit has what was done under a key.
alter table idempotency_keys add column is_put_down boolean not null default true;
