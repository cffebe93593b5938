-- +goose Up

-- Staff who take a request from a caller, or from a fax, act for an office for
-- a while: in one session, and until they say that it is over.
create table assist (
  id text primary key, session_id text not null, person_id text not null references person (id), person_name text not null,
  organization_id text not null references organization (id), channel text not null, caller text not null, caller_role text not null default '',
  phone text not null default '', received_at timestamptz not null, began_at timestamptz not null, ended_at timestamptz);
create index assist_session on assist (session_id);

-- Whether staff began a draft for its office: those drafts, and no other, are
-- theirs to go on with.
alter table request add column assist_id text not null default '';

-- Who called or wrote, for orders that staff took down; '' for all others.
alter table orders add column caller text not null default '';

-- +goose Down
alter table orders drop column caller;
alter table request drop column assist_id;
drop table assist;
