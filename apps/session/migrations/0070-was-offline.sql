-- Whether something of a session waited in its station while that was offline; null = of before this was kept.
alter table sessions add column was_offline boolean;
