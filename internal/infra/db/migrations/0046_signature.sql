-- +goose Up
-- A denial that a second physician must sign, and a minute to take a decision back.
alter table program add column second_signature boolean not null default false;
alter table determination add column second_id text not null default '';
alter table determination add column second_name text not null default '';
alter table determination add column second_license text not null default '';
alter table determination add column undo_until timestamptz;
alter table determination add column undone_at timestamptz;
alter table determination add column order_version integer not null default 0;
alter table determination add column order_before text not null default '';

create table proposal (
  order_id text primary key references orders (id), person_id text not null references person (id), name text not null,
  at timestamptz not null, decision text not null);

-- +goose Down
select 1;
