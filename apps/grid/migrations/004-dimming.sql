-- Dimming under §14a EnWG: sites that may be dimmed, and every word of their control boxes as it was said.
create table grid_dimmings (
  tenant_id text not null, site_id text not null, node_id text, devices jsonb, floor_w double precision, fail_safe_w double precision, silent_after_s integer,
  heard_at timestamptz, limit_w double precision, until_at timestamptz, changed_at timestamptz not null, removed_at timestamptz,
  primary key (tenant_id, site_id));
create table grid_dimming_words (
  tenant_id text not null, site_id text not null, record_offset bigint not null, heard_at timestamptz not null, kind text not null,
  asked_w double precision, until_at timestamptz, floor_w double precision, applied_w double precision, limit_id text, said_by text not null,
  primary key (tenant_id, site_id, record_offset));
create index grid_dimming_words_by_time on grid_dimming_words (tenant_id, site_id, heard_at);
comment on table grid_dimmings is 'Sites whose controllable devices a grid operator may dim (§14a EnWG), and how each stands with its control box';
comment on column grid_dimmings.floor_w is 'What dimming has to leave to the devices together (Pmin,14a, BNetzA BK6-22-300) [W]';
comment on table grid_dimming_words is 'Every word of a control box, kept for as long as the log is: asked, guaranteed, and what held at once; limit_id leads to the evidence';
