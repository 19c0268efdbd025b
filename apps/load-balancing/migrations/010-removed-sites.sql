-- Sites that are deleted: what was there stays readable.
alter table sites add column removed boolean not null default false, alter column name drop not null, alter column config drop not null;
alter table site_versions add column is_removed boolean default false, alter column config drop not null;
comment on column sites.removed is 'It was deleted; name and config are those of before';
comment on column site_versions.is_removed is 'From then on there is no such site';
