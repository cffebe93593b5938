-- +goose Up
-- What is asked for against an adverse determination, and what came of it.
create table appeal (
  id text primary key, number text not null unique, order_id text not null references orders (id), determination_id text not null references determination (id),
  kind text not null, behalf text not null, consent text not null default '', reason text not null, urgent_why text not null default '',
  filed_at timestamptz not null, filed_by text not null, filed_name text not null, organization_id text not null,
  due_at timestamptz, status text not null, closed_at timestamptz, closed_by text not null default '', closed_name text not null default '',
  rationale text not null default '', version integer not null default 1);
create index appeal_order on appeal (order_id, filed_at);
create index appeal_open on appeal (due_at, id) where status = 'filed';
create unique index appeal_once on appeal (determination_id, kind) where status = 'filed';
create index appeal_office on appeal (organization_id, filed_at);

-- +goose Down
select 1;
