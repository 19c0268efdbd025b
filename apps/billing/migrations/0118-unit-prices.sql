-- What a least or highest price adds may be a million and more, as in VND, where a unit price has no room for it.
alter table cdr_lines alter column unit_price drop not null;
