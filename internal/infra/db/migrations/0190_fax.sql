-- +goose Up

-- What was faxed: documents that came some other way than through the portal
-- say how, from where and when. A file that turned out to be another
-- patient's is locked away: no page of its order shows it.
alter table attachment add column upload_id text not null default '';
alter table attachment add column came text not null default '';
alter table attachment add column came_from text not null default '';
alter table attachment add column came_at timestamptz;
alter table attachment add column locked_at timestamptz;
alter table upload add column came text not null default '';
alter table upload add column came_from text not null default '';
alter table upload add column came_at timestamptz;

-- A fax as it arrived. Its file is an upload in a folder of the fax's own.
create table fax (
  id text primary key, upload_id text not null unique, sha256 text not null unique, came text not null check (came in ('hand','folder','order')),
  from_number text not null default '', received_at timestamptz not null, taken_by text not null, taken_name text not null, taken_at timestamptz not null,
  status text not null check (status in ('checking','waiting','done','unreadable')), why text not null default '', codes_at timestamptz,
  changed_at timestamptz not null);
create index fax_waiting on fax (status, received_at);

-- Its pages, and what became of each. A page on a request that isn't sent has
-- no order yet.
create table fax_page (
  fax_id text not null references fax (id), page integer not null, turn integer not null default 0,
  code text not null default '', unread boolean not null default false,
  state text not null check (state in ('waiting','put','aside','reported')), reason text not null default '',
  number text not null default '', order_id text not null default '', request_id text not null default '', upload_id text not null default '',
  incident_id text not null default '', changed_at timestamptz not null, changed_by text not null, changed_name text not null,
  primary key (fax_id, page));
create index fax_page_order on fax_page (order_id);
create index fax_page_request on fax_page (request_id);
create index fax_page_upload on fax_page (upload_id);

-- Who looks at a fax.
create table fax_presence (
  fax_id text not null references fax (id), person_id text not null, name text not null, seen_at timestamptz not null,
  primary key (fax_id, person_id));

-- What stands in the folder of a fax server and is not taken yet: how large it
-- was at the last look, and why it can't be taken, "" if nothing speaks
-- against it.
create table fax_left (name text primary key, size bigint not null, why text not null default '', seen_at timestamptz not null);

-- +goose Down
select 1;
