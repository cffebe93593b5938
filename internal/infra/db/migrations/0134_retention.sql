-- +goose Up

-- How long kinds of records are kept, in days; 0 for good. What has no row is
-- kept for good.
create table retention_setting (
  kind text primary key, days integer not null, why text not null, changed_at timestamptz not null, changed_by text not null);

-- Orders of which nothing may be removed, whatever is set.
create table legal_hold (
  id text primary key, order_id text not null references orders (id), reason text not null,
  placed_at timestamptz not null, placed_by text not null, placer text not null, ended_at timestamptz, end_reason text not null default '');
create unique index legal_hold_one on legal_hold (order_id) where ended_at is null;

-- +goose Down
drop table legal_hold;
drop table retention_setting;
