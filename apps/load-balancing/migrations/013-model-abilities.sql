-- What is known of each vendor's model and firmware at a site: said by a station of it, or shown by its samples.
create table model_abilities (
  tenant_id text not null, site_id text not null, model text not null, max_stack_level integer, max_periods integer, only_unit text,
  stops_at_0 boolean, keeps_offline boolean,
  primary key (tenant_id, site_id, model));
comment on table model_abilities is 'What stations of a model can do with profiles; null = not known';
comment on column model_abilities.model is 'Vendor/model/firmware as of the boot';
comment on column model_abilities.max_stack_level is 'Highest stack level it says it takes';
comment on column model_abilities.max_periods is 'Most periods of a schedule it says it takes';
comment on column model_abilities.only_unit is 'The only unit it says its limits may have: A or W';
comment on column model_abilities.stops_at_0 is 'A car that drew stopped when 0 A was told; false = it went on';
comment on column model_abilities.keeps_offline is 'Samples taken out of reach kept to what had been told; false = they did not';
