-- +goose Up

-- A link by which somebody chooses a new password. It is in nothing but a
-- mail; its hash is null until that is written. asked_by is the administrator
-- who sent it, '' for who asked for themselves.
create table password_reset (
  id text primary key, person_id text not null references person (id), asked_by text not null default '',
  token_hash text unique, asked_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz);
create index password_reset_person on password_reset (person_id);

-- +goose Down
drop table password_reset;
