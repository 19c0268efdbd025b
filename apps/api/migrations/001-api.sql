-- Rows of the api: outcomes of requests it made, and the feed behind server-sent events.
create table requests (
  tenant_id text not null, request_id text not null, site_id text,
  state text not null, version bigint, reasons jsonb not null,
  topic text not null, partition integer not null, record_offset bigint not null,
  primary key (tenant_id, request_id));
create table feed (
  seq bigint generated always as identity,
  topic text not null, partition integer not null, record_offset bigint not null,
  tenant_id text not null, kind text not null, subject text not null, at timestamptz not null,
  primary key (topic, partition, record_offset));
create unique index feed_seq on feed (seq);
