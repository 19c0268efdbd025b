-- What stations report of themselves is the stations service's, with tables of its own; the columns inventory_* of site_stations are no longer written.
-- With the table goes a view `variables` of it, where there is one, and not the one that service has made of its own.
drop table station_variables cascade;
