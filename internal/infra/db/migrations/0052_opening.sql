-- +goose Up

-- How a program's cases are reviewed, as JSON.
alter table program add column reviewing text not null default '{}';

-- Who opened a case that wasn't theirs, and why. words may speak of the
-- member; kind never does.
create table case_opening (
  id text primary key, order_id text not null references orders (id), person_id text not null references person (id), name text not null,
  kind text not null, words text not null default '', at timestamptz not null);
create index case_opening_person on case_opening (order_id, person_id, at);
create index case_opening_at on case_opening (at, id);

-- +goose Down
drop table case_opening;
alter table program drop column reviewing;
