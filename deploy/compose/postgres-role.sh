#!/bin/sh
# The product's role and database. The role is no superuser, so that row-level security binds it.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -v "password=$POSTGRES_PASSWORD" <<'SQL'
create role joulestream login createdb createrole password :'password';
create database joulestream owner joulestream;
SQL
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d joulestream -c 'create extension if not exists timescaledb'
