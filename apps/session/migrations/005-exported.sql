-- What cars fed back in a session, beside what was delivered.
alter table sessions add column exported_wh numeric;
comment on column sessions.exported_wh is 'Fed back by the car, by its own register [Wh]; null = not metered. Not part of energy_wh, and of no bill';
