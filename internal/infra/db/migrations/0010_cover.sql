-- +goose Up

-- A reviewer's absence, for which others are to take the calls, and what
-- became of each call: the plan that was shown, and who took it.
create table cover (
  id text primary key, reviewer_id text not null references reviewer (person_id), starts_at timestamptz not null, ends_at timestamptz not null,
  reason text not null default '', person_id text not null, person_name text not null, at timestamptz not null);

create table cover_call (
  cover_id text not null references cover (id), call_id text not null references call (id), n integer not null,
  state text not null check (state in ('waiting','moved','left','gone')), planned text not null check (planned in ('new','nobody','somebody')),
  planned_id text not null default '', taken_id text not null default '', primary key (cover_id, call_id));

-- What was decided of late, for the schedulers' forecast.
create index orders_decided on orders (decided_at, status);

-- +goose Down
drop index orders_decided;
drop table cover_call;
drop table cover;
