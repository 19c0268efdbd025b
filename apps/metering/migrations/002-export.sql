-- The register of what cars feed back, beside that of what they draw; a power below 0 is fed back.
alter table power_samples add column export_register_wh double precision;
comment on column power_samples.power_w is 'Drawn less fed back [W]: negative while the car feeds back';
comment on column power_samples.export_register_wh is 'Register of what flowed back [Wh]; null = not told';
