-- +goose Up

-- What lay before whoever made a determination, as JSON, written with it and
-- never changed: an auditor sees the case as it stood, whatever happened since.
create table determination_record (
  determination_id text primary key references determination (id), order_id text not null references orders (id),
  at timestamptz not null, record text not null);
create index determination_record_order on determination_record (order_id, at);

-- +goose Down
drop table determination_record;
