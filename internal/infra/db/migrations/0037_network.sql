-- +goose Up

-- Who is in a plan's network, as the plan's list says; line '' for all its
-- lines of business. Of a plan without a list nothing is known.
create table network (
  plan_id text not null references plan (id), line text not null default '', npi text not null, starts_on text not null, ends_on text not null default '',
  primary key (plan_id, line, npi, starts_on));
create index network_npi on network (npi);

-- Where a location is, in millionths of a degree; null if not known.
alter table location add column latitude integer;
alter table location add column longitude integer;
create index location_latitude on location (latitude);

-- +goose Down
drop index location_latitude;
alter table location drop column longitude;
alter table location drop column latitude;
drop table network;
