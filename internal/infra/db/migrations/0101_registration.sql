-- +goose Up

-- Somebody who asked for an account by themselves, until they open the link in
-- the mail to the address that they gave. token_hash is null until that mail
-- is written.
create table registration (
  id text primary key, email text not null, first_name text not null, last_name text not null, phone text not null,
  npi text not null, tin text not null, role text not null, token_hash text unique,
  made_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz);
create index registration_email on registration (email);

-- That somebody asks to work for an organization. tin_right says that they knew
-- its tax ID.
create table join_request (
  id text primary key, person_id text not null references person (id), organization_id text not null references organization (id),
  role text not null, tin_right boolean not null, asked_at timestamptz not null, reminded_at timestamptz,
  decided_at timestamptz, accepted boolean, decided_by text not null default '');
create index join_request_person on join_request (person_id);
create index join_request_organization on join_request (organization_id, decided_at);

-- Who is limited sees their own orders alone, whatever the organization says,
-- until they are known to belong to it.
alter table membership add column limited boolean not null default false;

-- +goose Down
alter table membership drop column limited;
drop table join_request;
drop table registration;
