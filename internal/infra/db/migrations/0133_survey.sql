-- +goose Up

-- Whether offices are asked how it went, after a call and after a decision.
create table survey_setting (
  id integer primary key check (id = 1), calls boolean not null, decisions boolean not null, changed_at timestamptz not null, changed_by text not null);

-- Surveys that somebody was asked. month, like 2026-11, is that of asked_at:
-- nobody is asked twice in one. words is free text, which can hold a member's
-- data although it is asked not to.
create table survey (
  id text primary key, person_id text not null references person (id), about text not null check (about in ('call','decision')), subject_id text not null,
  program_id text not null references program (id), plan_id text not null references plan (id),
  asked_at timestamptz not null, month text not null, closed_at timestamptz, answered boolean not null default false, words text not null default '');
create unique index survey_month on survey (person_id, month);
create unique index survey_subject on survey (subject_id, person_id);
create index survey_answered on survey (month, answered);

create table survey_answer (
  survey_id text not null references survey (id), question text not null, value text not null, primary key (survey_id, question));

-- +goose Down
drop table survey_answer;
drop table survey;
drop table survey_setting;
