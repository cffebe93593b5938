-- +goose Up

-- A location's secret address from which a calendar at its desk reads the
-- calls about its orders: kept as a person's is, see call_feed.
create table place_feed (
  location_id text primary key references location (id), token_hash text not null unique, sealed text not null,
  made_at timestamptz not null, made_by text not null, made_name text not null);

-- +goose Down
drop table place_feed;
