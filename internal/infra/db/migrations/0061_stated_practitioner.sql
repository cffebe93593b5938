-- +goose Up

-- What an office said of a practitioner whom the national directory doesn't
-- have. checked_at is null until somebody here has looked into it.
create table stated_practitioner (
  practitioner_id text primary key references practitioner (id),
  line text not null, city text not null, state text not null, zip text not null, phone text not null, fax text not null,
  entered_by text not null, entered_name text not null, entered_at timestamptz not null,
  checked_by text not null default '', checked_name text not null default '', checked_at timestamptz);

-- +goose Down
drop table stated_practitioner;
