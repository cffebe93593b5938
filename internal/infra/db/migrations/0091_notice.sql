-- +goose Up

-- What readers are told. Audiences are ids, comma separated; '' for everyone.
create table announcement (
  id text primary key, level text not null check (level in ('info','important','site')),
  title text not null, body text not null default '', title_es text not null default '', body_es text not null default '',
  plans text not null default '', programs text not null default '', roles text not null default '', organizations text not null default '',
  starts_at timestamptz not null, ends_at timestamptz not null, ended_at timestamptz,
  created_at timestamptz not null, created_by text not null, version integer not null default 1);
create index announcement_ends on announcement (ends_at, id);

-- When some things can't be done: once (starts_at, ends_at), or each week on a
-- day, between two minutes of the zone's local day, from a day to a day.
create table maintenance (
  id text primary key, starts_at timestamptz, ends_at timestamptz,
  weekday integer not null default -1, open_minute integer not null default 0, close_minute integer not null default 0, zone text not null, from_day text, to_day text,
  stops text not null, stays text not null default '', urgent text not null default '', phone text not null default '',
  ended_at timestamptz, created_at timestamptz not null, created_by text not null, version integer not null default 1);

-- +goose Down
drop table maintenance;
drop table announcement;
