-- +goose Up

-- When an ordering physician can usually talk, as their office says: days of
-- the week (0 is Sunday) and hours, in wall time of a zone.
create table usual_times (
  organization_id text not null references organization (id), practitioner_id text not null references practitioner (id),
  days text not null, from_minute integer not null, to_minute integer not null, time_zone text not null,
  saved_by text not null, saved_name text not null, saved_at timestamptz not null,
  primary key (organization_id, practitioner_id));

-- +goose Down
drop table usual_times;
