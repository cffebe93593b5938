-- +goose Up
-- A sign-in that an organization's own administrator set up is live once they
-- tried it and turned it on; until then nobody is led to it.
alter table sso add column live boolean not null default true;
alter table sso add column tried_at timestamptz;
alter table sso add column tried_name text not null default '';
-- Who tries a sign-in that isn't live yet; '' for everybody else.
alter table sso_visit add column tried_by text not null default '';
-- That an organization says that a mail domain is theirs, with the word that
-- they are to put into its DNS; proven once it was found there.
create table sso_proof (
  organization_id text not null references organization (id), domain text not null, word text not null,
  asked_at timestamptz not null, asked_name text not null, looked_at timestamptz, proven_at timestamptz,
  primary key (organization_id, domain));
create index sso_proof_domain on sso_proof (domain);
-- +goose Down
drop table sso_proof;
alter table sso_visit drop column tried_by;
alter table sso drop column tried_name;
alter table sso drop column tried_at;
alter table sso drop column live;
