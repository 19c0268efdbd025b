-- The tariff a site had before the one it is assigned to, which holds until that one begins.
alter table site_tariffs add column former_tariff_id text;
