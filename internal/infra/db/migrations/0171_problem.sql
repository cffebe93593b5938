-- +goose Up

-- What people reported that went wrong. Its texts are free, and can hold a
-- member's data although they are asked not to. error_id is that of the request
-- that failed, as the log has it.
create table problem_report (
  id text primary key, reference text not null unique, made_at timestamptz not null,
  person_id text not null references person (id), name text not null, email text not null, office text not null default '',
  happened text not null, expected text not null default '', page text not null default '', error_id text not null default '',
  closed_at timestamptz, closed_by text not null default '', closed_name text not null default '', outcome text not null default '');
create index problem_report_made on problem_report (made_at);
create index problem_report_person on problem_report (person_id, made_at);

-- +goose Down
drop table problem_report;
