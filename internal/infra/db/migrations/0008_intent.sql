-- +goose Up

-- Hours in which an office can talk to a reviewer before a denial; 0 where a
-- denial needs no such offer.
alter table plan_line add column pre_decision_hours integer not null default 0;

-- A denial that a physician means to make, and told the office of. One ends
-- when the order is decided.
create table denial_intent (
  id text primary key, order_id text not null references orders (id), person_id text not null, name text not null,
  at timestamptz not null, until timestamptz not null, points text not null, ended_at timestamptz);
create unique index one_intent_per_order on denial_intent (order_id) where ended_at is null;

-- +goose Down
drop table denial_intent;
alter table plan_line drop column pre_decision_hours;
