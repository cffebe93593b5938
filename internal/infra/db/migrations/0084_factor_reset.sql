-- +goose Up

-- That an administrator asked for somebody's second factor to be removed; a
-- second administrator has a day to agree.
create table factor_reset (
  person_id text primary key references person (id), organization_id text not null references organization (id),
  asked_by text not null, asked_name text not null, asked_at timestamptz not null);

-- +goose Down
drop table factor_reset;
