-- +goose Up
-- A record of an organization that became part of another's: whoever brings the
-- old id, name, NPI or source is led to the one there is. The reason and the
-- name of who did it stay with it.
create table organization_alias (
  id text primary key, organization_id text not null references organization (id), kind text not null, name text not null,
  npi text not null default '', tin text not null default '', source_key text unique,
  merged_at timestamptz not null, merged_by text not null, merged_name text not null, reason text not null);
create index organization_alias_organization on organization_alias (organization_id);
create index organization_alias_npi on organization_alias (npi);
-- That an administrator asked for two records to become one whose numbers
-- differ; a second administrator has a week to agree.
create table merge_request (
  organization_id text primary key references organization (id), into_organization_id text not null references organization (id),
  reason text not null, narrow boolean not null, asked_by text not null, asked_name text not null, asked_at timestamptz not null);
create index merge_request_into on merge_request (into_organization_id);
-- +goose Down
drop table merge_request;
drop table organization_alias;
