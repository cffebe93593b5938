-- +goose Up

-- A location that is no longer used: nobody chooses it any more, what was
-- ordered from it keeps it.
alter table location add column retired_at timestamptz;

-- Who follows an order at its office since somebody left; '' for who entered it.
alter table orders add column held_by text not null default '';

-- An account that closed because its owner left their last office opens again
-- by an invitation. One that an operator closed does not.
alter table person add column left_office boolean not null default false;

-- Somebody asked to join an organization. posts is what they will do there,
-- as JSON. The token is in nothing but the mail; its hash is null until that
-- is written.
create table invitation (
  id text primary key, organization_id text not null references organization (id), email text not null, post text not null,
  token_hash text unique, made_at timestamptz not null, sent_at timestamptz not null, expires_at timestamptz not null,
  invited_by text not null, invited_name text not null,
  accepted_at timestamptz, accepted_by text not null default '', withdrawn_at timestamptz);
create index invitation_organization on invitation (organization_id, sent_at);
create unique index invitation_open on invitation (organization_id, email) where accepted_at is null and withdrawn_at is null;

-- +goose Down
drop table invitation;
alter table person drop column left_office;
alter table orders drop column held_by;
alter table location drop column retired_at;
