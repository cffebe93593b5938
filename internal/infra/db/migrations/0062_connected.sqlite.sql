-- +goose Up

-- Calendars elsewhere that say when a reviewer is busy. The address is a
-- secret of its owner's and is sealed; host is its server's name, for people.
create table connected_calendar (
  id text primary key, person_id text not null references reviewer (person_id), host text not null, address_sealed text not null,
  etag text not null default '', last_modified text not null default '', added_at timestamptz not null,
  asked_at timestamptz, read_at timestamptz, whole_at timestamptz, failed text not null default '', unread integer not null default 0);
create index connected_calendar_person on connected_calendar (person_id);
create index connected_calendar_asked on connected_calendar (asked_at);

-- When each says so: pairs of seconds since 1970, by start, nothing else.
create table connected_busy (calendar_id text primary key, person_id text not null, spans text not null);

-- +goose StatementBegin
create trigger connected_busy_added after insert on connected_busy begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger connected_busy_changed after update on connected_busy begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger connected_busy_removed after delete on connected_busy begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd

-- +goose Down
drop table connected_busy;
drop table connected_calendar;
