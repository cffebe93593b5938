-- +goose Up

-- When an office could talk, for a call that has no time yet.
create table call_window (
  call_id text not null references call (id), starts_at timestamptz not null, ends_at timestamptz not null, primary key (call_id, starts_at));

-- By when we confirm one of them.
alter table call add column answer_by timestamptz;
alter table call_draft add column windows text not null default '';

-- +goose Down
alter table call_draft drop column windows;
alter table call drop column answer_by;
drop table call_window;
