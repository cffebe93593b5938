-- +goose Up

-- Cases that nobody need look at until a time, and why. Their clocks run on.
create table case_snooze (
  order_id text primary key references orders (id), person_id text not null references person (id), name text not null,
  until timestamptz not null, why text not null, at timestamptz not null);
create index case_snooze_until on case_snooze (until);

-- Ways to look at the queue that a person saved: a view with its filters and
-- order, and nothing that names anyone.
create table queue_view (
  id text primary key, person_id text not null references person (id), name text not null, query text not null,
  created_at timestamptz not null, unique (person_id, name));

-- +goose Down
drop table queue_view;
drop table case_snooze;
