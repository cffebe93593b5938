-- +goose Up

-- What a reviewer may and can take beyond programs and licenses. No row in
-- reviewer_plan or reviewer_line means every plan, every line of business;
-- English is always there.
create table reviewer_plan (
  person_id text not null references reviewer (person_id), plan_id text not null references plan (id), primary key (person_id, plan_id));
create table reviewer_line (
  person_id text not null references reviewer (person_id), line text not null, primary key (person_id, line));
create table reviewer_language (
  person_id text not null references reviewer (person_id), language text not null, primary key (person_id, language));

-- Minutes kept free around each call; most calls in one of their weeks, 0 for
-- no limit; since when they take calls, null for longer than we know.
alter table reviewer add column gap_minutes integer not null default 0;
alter table reviewer add column weekly_calls integer not null default 0;
alter table reviewer add column since_at timestamptz;

alter table program add column specialty text not null default '';
alter table plan_line add column call_reviewer text not null default 'any' check (call_reviewer in ('any','not_decider','decider'));

-- What the law of a state asks of a call, as data with its source. line '' is
-- every line of business; needs_tier 0 asks for no match, only for the statement.
create table match_rule (
  state text not null, line text not null default '', code text not null, from_day text not null, to_day text,
  needs_tier integer not null default 0 check (needs_tier between 0 and 3), citation text not null, sentence text not null, statement text not null default '',
  primary key (state, line, code, from_day));

-- What the office declared on the way to a call, in the words it was shown.
create table call_statement (
  call_id text not null references call (id), code text not null, citation text not null default '', words text not null, day text,
  person_id text not null, person_name text not null, at timestamptz not null, primary key (call_id, code));

alter table call add column language text not null default '';
alter table call add column matching text not null default '';
alter table call_draft add column language text not null default '';
alter table call_draft add column matching text not null default '';
alter table call_draft add column statements text not null default '';

-- Calls of a reviewer's week, from Monday, counted like those of a day; cap 0
-- is no limit.
create table reviewer_week (
  reviewer_id text not null, week text not null, cap integer not null, booked integer not null default 0,
  check (booked >= 0 and (cap = 0 or booked <= cap)), primary key (reviewer_id, week));

create index call_starts on call (starts_at, reviewer_id);

-- +goose Down
select 1;
