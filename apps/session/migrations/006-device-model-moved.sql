-- What stations report of themselves is the stations service's, with tables of its own; the columns inventory_* of site_stations are no longer written.
drop view variables;
drop table station_variables;
