-- +goose Up

-- Guidelines by which nothing is approved without a person for now, and why.
create table approval_pause (
  id text primary key, guideline text not null, why text not null, person_id text not null, name text not null, at timestamptz not null,
  ended_at timestamptz, ended_by text not null default '');
create unique index approval_pause_open on approval_pause (guideline) where ended_at is null;

-- The clocks that run, by when they end: what a supervisor watches.
create index clock_open on clock (due_s, order_id) where ended_at is null;
create index clock_event_close on clock_event (at, order_id) where mark >= 90;

-- +goose Down
drop index clock_event_close;
drop index clock_open;
drop table approval_pause;
