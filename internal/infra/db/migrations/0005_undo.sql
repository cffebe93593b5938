-- +goose Up

-- A change of a call that can still be taken back: what the call was, with
-- its old time kept free until then. on_day and on_week say whether the old
-- time still counts on its reviewer's day and week beside the new one.
create table call_undo (
  call_id text not null references call (id), version integer not null, state text not null check (state in ('open','undone','final')),
  until timestamptz not null, person_id text not null, before text not null,
  reviewer_id text not null default '', day text not null default '', on_day boolean not null, on_week boolean not null, starts_at timestamptz, ends_at timestamptz,
  primary key (call_id, version));
create index call_undo_open on call_undo (until) where state = 'open';

-- +goose Down
drop table call_undo;
