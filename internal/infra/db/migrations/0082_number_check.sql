-- +goose Up

-- Whether a location's phone or fax number was proven to be the office's, by a
-- code that was sent to it or read to it. A row is about one number: when the
-- location changes it, nothing is proven any more.
create table number_check (
  location_id text not null references location (id), kind text not null check (kind in ('phone','fax')), number text not null,
  code_hash text not null default '', asked_at timestamptz, code_until timestamptz, tries integer not null default 0, asked integer not null default 0,
  proven_at timestamptz, proven_name text not null default '', still_at timestamptz,
  primary key (location_id, kind));
create index number_check_asked on number_check (kind, asked_at);

-- +goose Down
drop table number_check;
