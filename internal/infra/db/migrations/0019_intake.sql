-- +goose Up

-- How a program takes in requests, as JSON: settings that are read with the
-- program and never searched for.
alter table program add column intake text not null default '{}';

-- How people like things, such as all questions on one page.
create table preference (
  person_id text not null references person (id), name text not null, value text not null, primary key (person_id, name));

-- What is typed on a page of a request before the page is saved, and who works
-- on which part of it.
create table request_kept (
  request_id text not null references request (id), page text not null, form text not null,
  person_id text not null, person_name text not null, at timestamptz not null, primary key (request_id, page, person_id));
create table request_working (
  request_id text not null references request (id), part text not null,
  person_id text not null, person_name text not null, at timestamptz not null, primary key (request_id, part));

-- How many days before it expires the office of a draft was last told.
alter table request add column reminded_days integer;

-- +goose Down
alter table request drop column reminded_days;
drop table request_working;
drop table request_kept;
drop table preference;
alter table program drop column intake;
