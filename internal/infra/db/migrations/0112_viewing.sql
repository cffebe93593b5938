-- +goose Up

-- Administrators who see, for a while and in one session, what somebody of an
-- office sees, and why.
create table viewing (
  id text primary key, session_id text not null, person_id text not null references person (id), person_name text not null,
  seen_id text not null references person (id), reason text not null, began_at timestamptz not null, ends_at timestamptz not null, ended_at timestamptz);
create index viewing_session on viewing (session_id);

-- +goose Down
drop table viewing;
