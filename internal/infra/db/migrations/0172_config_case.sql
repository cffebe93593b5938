-- +goose Up

-- What must come of how something is set, given something: a version that would
-- make it otherwise doesn't go live. given and why are texts of administrators.
create table config_case (
  id text primary key, kind text not null, subject_id text not null, given text not null, expected text not null, why text not null default '',
  by_id text not null, by_name text not null, made_at timestamptz not null);
create index config_case_subject on config_case (kind, subject_id, made_at);

-- +goose Down
drop table config_case;
