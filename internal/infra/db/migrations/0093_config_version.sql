-- +goose Up

-- Versions of what administrators set. body is a JSON object of field to text.
-- A version has its number once it was live; base is the number of the version
-- that was live when its draft began.
create table config_version (
  id text primary key, kind text not null, subject_id text not null, number integer not null default 0,
  state text not null check (state in ('draft','scheduled','live','past','dropped')), body text not null,
  base integer not null, revision integer not null default 1,
  effective_at timestamptz, zone text not null default '', why text not null default '', held text not null default '',
  by_id text not null, by_name text not null, changed_at timestamptz not null, live_at timestamptz, ended_at timestamptz);
create unique index config_version_open on config_version (kind, subject_id) where state in ('draft','scheduled');
create unique index config_version_live on config_version (kind, subject_id) where state = 'live';
create unique index config_version_number on config_version (kind, subject_id, number) where number > 0;

-- +goose Down
drop table config_version;
