-- +goose Up

-- What the service is called, and was: last_day is the last day of a name, ""
-- for the one that it has.
create table service_name (name text primary key, last_day text not null default '');

-- +goose Down
drop table service_name;
