-- +goose Up

-- Training sessions, and who has a place or waits for one. taken counts the
-- places of a session that are registered; whoever changes it locks the row.
create table training (
  id text primary key, title text not null, about text not null default '',
  starts_at timestamptz not null, minutes integer not null, zone text not null, seats integer not null, taken integer not null default 0,
  link text not null default '', phone text not null default '', meeting text not null default '', password text not null default '',
  sequence integer not null default 0, canceled_at timestamptz,
  created_at timestamptz not null, created_by text not null, version integer not null default 1);
create index training_starts on training (starts_at, id);

create table training_place (
  id text primary key, training_id text not null references training (id), person_id text not null references person (id),
  organization text not null default '', state text not null check (state in ('registered','waiting','left')),
  asked_at timestamptz not null, attended boolean);
create unique index training_place_one on training_place (training_id, person_id) where state <> 'left';
create index training_place_person on training_place (person_id, training_id);

-- +goose Down
drop table training_place;
drop table training;
