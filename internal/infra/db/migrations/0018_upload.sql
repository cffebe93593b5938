-- +goose Up

-- What an office sends with a request, from the first piece to the file that
-- is enclosed. The content is in the blob store.
create table upload (
  id text primary key, request_id text not null, organization_id text not null, member_id text not null, order_id text,
  name text not null, mark text not null, size bigint not null, received bigint not null, most_pages integer not null,
  media_type text not null default '', sha256 text not null default '', blob_key text not null default '',
  pages integer not null default 0, pages_of integer not null default 0, kind text not null default '', item text not null default '',
  status text not null, why text not null default '', warning text not null default '', scan text not null default '',
  added_by text not null, added_name text not null, added_at timestamptz not null, changed_at timestamptz not null, deleted_at timestamptz);
create index upload_request on upload (request_id, added_at);
create index upload_order on upload (order_id);
create index upload_member on upload (member_id, organization_id);
create index upload_status on upload (status, changed_at);
create index upload_deleted on upload (deleted_at);

-- The pieces that have come, each where it begins.
create table upload_part (
  upload_id text not null references upload (id), starts bigint not null, size bigint not null, blob_key text not null,
  added_at timestamptz not null, primary key (upload_id, starts));

alter table attachment add column pages integer not null default 0;
alter table attachment add column scan text not null default '';

-- What can be enclosed with a request of a program, and where it can be faxed.
alter table program add column file_mb integer not null default 100;
alter table program add column most_files integer not null default 20;
alter table program add column most_pages integer not null default 500;
alter table program add column file_types text not null default '';
alter table program add column fax text not null default '';

-- +goose Down
select 1;
