-- +goose Up

-- What a system of an office sends with each request in place of signing in.
-- It acts as the person it was made for; whoever reads the database can't use
-- it.
create table api_key (
  id text primary key, person_id text not null references person (id), name text not null, token_hash text not null unique,
  made_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz);
create index api_key_person on api_key (person_id);

-- +goose Down
drop table api_key;
