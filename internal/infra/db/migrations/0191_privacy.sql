-- +goose Up

-- What happened to somebody's data that should not have (45 CFR 164.402).
create table privacy_incident (
  id text primary key, number integer not null unique, what text not null, noticed_at timestamptz not null, discovered_on text not null,
  source text not null check (source in ('fax','file','hand')), reference text not null default '',
  reported_by text not null, reported_name text not null, reported_at timestamptz not null,
  people integer not null default 0, done text not null default '', nature text not null default '', recipient text not null default '',
  acquired text not null default '', mitigated text not null default '', outcome text not null default '' check (outcome in ('','none','breach')),
  outcome_why text not null default '', closed_at timestamptz, closed_by text not null default '', closed_name text not null default '',
  changed_at timestamptz not null, version integer not null default 1);
create index privacy_incident_open on privacy_incident (closed_at, noticed_at);

-- Whose data it was, as far as that is known.
create table privacy_member (
  incident_id text not null references privacy_incident (id), member_id text not null, added_at timestamptz not null, added_name text not null,
  primary key (incident_id, member_id));
create index privacy_member_of on privacy_member (member_id);

-- The notices that a breach asks for (45 CFR 164.404, 164.406, 164.408).
create table privacy_notice (
  incident_id text not null references privacy_incident (id), kind text not null check (kind in ('people','media','hhs')), due_on text not null,
  done_on text, done_by text not null default '', done_name text not null default '',
  primary key (incident_id, kind));

-- What of a member was disclosed to whom (45 CFR 164.528).
create table disclosure (
  id text primary key, member_id text not null, disclosed_on text not null, recipient text not null, address text not null default '',
  what text not null, purpose text not null, incident_id text not null default '',
  entered_by text not null, entered_name text not null, entered_at timestamptz not null);
create index disclosure_member on disclosure (member_id, disclosed_on);

-- +goose Down
select 1;
