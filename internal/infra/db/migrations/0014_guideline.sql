-- +goose Up

-- Versions of guidelines. A row never changes: what was asked by it, and what
-- was decided by it, must be readable as it was.
create table guideline (
  id text primary key, guideline text not null, version text not null, title text not null, from_day text not null, to_day text,
  content text not null, content_hash text not null, published_by text not null, publisher text not null, published_at timestamptz not null,
  unique (guideline, version));

-- What each version is for; no plan means every plan. Codes of plans and
-- programs, so that a guideline may come before them.
create table guideline_use (
  guideline_id text not null references guideline (id), program text not null, plan text not null default '', code text not null,
  primary key (guideline_id, program, plan, code));
create index guideline_use_code on guideline_use (code, program);

-- What an office answered for a request, as a FHIR QuestionnaireResponse. The
-- version is for compare-and-swap.
create table guideline_response (
  id text primary key, request_id text not null, guideline_id text not null references guideline (id), guideline text not null,
  organization_id text not null, member_id text not null, plan_id text not null, program_id text not null,
  answers text not null, done boolean not null default false, version integer not null,
  started_at timestamptz not null, changed_at timestamptz not null, changed_by text not null, changer text not null,
  unique (request_id, guideline));

-- Who changed which answer when; what was answered stands in the response
-- alone.
create table guideline_answer (
  response_id text not null references guideline_response (id), version integer not null, link_id text not null,
  person_id text not null, person_name text not null, at timestamptz not null, primary key (response_id, version, link_id));

-- +goose Down
drop table guideline_answer;
drop table guideline_response;
drop table guideline_use;
drop table guideline;
