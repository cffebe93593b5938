-- +goose Up

-- A person's secret address from which their own calendar program reads their
-- calls. Whoever reads the database can't use it: the hash finds it, and the
-- address itself is sealed, to be shown to its owner again.
create table call_feed (
  person_id text primary key references person (id), token_hash text not null unique, sealed text not null, made_at timestamptz not null);

-- +goose Down
drop table call_feed;
