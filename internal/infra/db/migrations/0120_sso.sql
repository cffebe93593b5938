-- +goose Up

-- That people of an organization sign in where it keeps their accounts, by
-- OpenID Connect. post is what somebody does who comes for the first time, ''
-- where only people with an account come in. second says that the sign-in there
-- asks for a second factor; password, that people may still use a password here.
create table sso (
  organization_id text primary key references organization (id), issuer text not null, client_id text not null, secret_sealed text not null,
  second boolean not null, password boolean not null, post text not null default '',
  changed_at timestamptz not null, changed_by text not null, changed_name text not null);

-- Whose mail addresses an organization vouches for. A domain is one's alone.
create table sso_domain (domain text primary key, organization_id text not null references sso (organization_id));
create index sso_domain_organization on sso_domain (organization_id);

-- Who is who there: an address can be given to somebody else one day, a subject never.
create table sso_identity (
  organization_id text not null references sso (organization_id), subject text not null, person_id text not null references person (id),
  linked_at timestamptz not null, primary key (organization_id, subject), unique (organization_id, person_id));
create index sso_identity_person on sso_identity (person_id);

-- A sign-in that was begun there, until it comes back; hashes alone.
create table sso_visit (
  state_hash text primary key, organization_id text not null references sso (organization_id), browser_hash text not null,
  nonce_hash text not null, see_other text not null, expires_at timestamptz not null);
create index sso_visit_organization on sso_visit (organization_id);

-- +goose Down
drop table sso_visit;
drop table sso_identity;
drop table sso_domain;
drop table sso;
