-- How far webhooks were told, in places of the log, which a rebuild knows (ADR 0096).
alter table webhooks add column told jsonb;
-- What was told before these rows were made; whether the present place is noted in the log, and when one was.
alter table webhook_cursors add column told jsonb, add column is_noted boolean not null default false, add column noted_at timestamptz;
