-- +goose Up

-- An office that wants an earlier time for a call it has: it is asked, with
-- the time kept for it a while, or moved by itself.
create table call_alert (
  call_id text primary key references call (id), person_id text not null references person (id), mode text not null check (mode in ('offer','move')),
  part text not null default '' check (part in ('','morning','afternoon')), notice_hours integer not null check (notice_hours between 1 and 72),
  offered_at timestamptz, offered_minutes integer not null default 0, offered_until timestamptz, refused text not null default '', added_at timestamptz not null);

-- +goose Down
drop table call_alert;
