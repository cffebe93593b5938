-- +goose Up

-- By when each order must be decided, and what happened to that time since.
-- packs are the versions of rules that held when it was received, for good.
-- The seconds (Unix time) are those of the beginning and the end, to find with
-- whole numbers whose warning is next.
create table clock (
  order_id text primary key references orders (id), packs text not null,
  kind text not null, electronic boolean not null, state text not null, plan_id text not null references plan (id),
  received_at timestamptz not null, due_at timestamptz not null, rule text not null,
  standing text not null check (standing in ('running','paused','met','missed','stopped')), paused_until timestamptz,
  start_s bigint not null, due_s bigint not null, next_s bigint, next_mark integer not null,
  ended_at timestamptz);
create index clock_next on clock (next_s) where next_s is not null;

create table clock_event (
  order_id text not null references clock (order_id), n integer not null, at timestamptz not null,
  kind text not null check (kind in ('asked','answered','extended','reclassified','warned','missed','ended')),
  until timestamptz, to_kind text not null default '', mark integer not null default 0,
  why text not null default '', actor_id text not null, actor_name text not null,
  primary key (order_id, n));
create index clock_event_missed on clock_event (at) where kind = 'missed';

-- Rules that an installation brings itself, beside those of the program.
create table rule_pack (id text not null, version text not null, text text not null, published_at timestamptz not null, primary key (id, version));

-- The rule packs that hold for a type of plan, by id, comma separated; '' for
-- those usual for it.
alter table plan_line add column rule_packs text not null default '';

-- +goose Down
drop table rule_pack;
drop table clock_event;
drop table clock;
