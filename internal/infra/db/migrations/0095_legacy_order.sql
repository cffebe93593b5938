-- +goose Up

-- Orders of an older platform, to be read. The columns by which orders are
-- seen are named as in orders, so that one rule says whose people see.
create table legacy_order (
  id text primary key, number text not null, number_key text not null, plan_id text not null references plan (id), line text not null default '', program_id text not null default '',
  organization_id text not null references organization (id), location_id text not null default '', site_id text not null default '', practitioner_id text not null default '',
  created_by text not null default '', held_by text not null default '',
  member_id text not null default '', member_number text not null, member_key text not null, first_name text not null, last_name text not null, first_key text not null, last_key text not null, birth_date text not null,
  code text not null default '', service text not null, status text not null, requested_on text not null, decided_on text, service_from text, service_to text,
  practitioner text not null default '', link text not null default '', imported_at timestamptz not null,
  unique (plan_id, number_key));
create index legacy_order_number on legacy_order (number_key);
create index legacy_order_member on legacy_order (member_key);
create index legacy_order_name on legacy_order (last_key, first_key);

-- +goose Down
drop table legacy_order;
