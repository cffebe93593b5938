-- +goose Up

-- How often, and how many minutes apart, a reviewer calls before an office
-- counts as not reached.
alter table program add column attempts_needed integer not null default 2;
alter table program add column attempts_apart integer not null default 5;

-- Each time a reviewer called. starts_at is the time of the call it was made
-- for, so that a call that moved begins anew.
create table call_attempt (
  call_id text not null references call (id), n integer not null, starts_at timestamptz not null, at timestamptz not null,
  by_id text not null, by_name text not null, result text not null check (result in
    ('answered','no_answer','voicemail','busy','wrong_number','asked_to_call_back')),
  primary key (call_id, n));

-- What is noted about a call on its day. It stands beside the call, so that
-- notes saved as they are typed don't collide with a change of the call.
create table call_day (
  call_id text primary key references call (id), notes text not null default '',
  name_checked boolean not null default false, credential_checked boolean not null default false,
  checked_at timestamptz, checked_by text not null default '',
  late_minutes integer not null default 0, late_at timestamptz,
  closed_at timestamptz, closed_by text not null default '');

-- What came of a call, for each order it was about. Until outcome_at is set
-- it is a draft.
alter table call_order add column outcome text not null default '';
alter table call_order add column outcome_note text not null default '';
alter table call_order add column outcome_at timestamptz;
update call_order set
  outcome = (select call.outcome from call where call.id = call_order.call_id),
  outcome_note = (select call.outcome_note from call where call.id = call_order.call_id),
  outcome_at = (select call.changed_at from call where call.id = call_order.call_id and call.outcome <> '');
alter table call drop column outcome;
alter table call drop column outcome_note;

-- +goose Down
select 1;
