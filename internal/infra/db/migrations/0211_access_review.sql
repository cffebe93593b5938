-- +goose Up

-- Reviews of who has access: at most one open for an organization.
create table access_review (
  id text primary key, organization_id text not null references organization (id), begun_at timestamptz not null, begun_name text not null,
  done_at timestamptz, done_name text not null default '');
create unique index access_review_open on access_review (organization_id) where done_at is null;
create index access_review_organization on access_review (organization_id, begun_at);

-- What was said of somebody's access, with name, address and roles as they were
-- then: it is proof when the person is long gone.
create table access_review_line (
  review_id text not null references access_review (id), person_id text not null references person (id),
  name text not null, email text not null, roles text not null, last_at timestamptz, verdict text not null, by_name text not null, at timestamptz not null,
  primary key (review_id, person_id));

-- +goose Down
drop table access_review_line;
drop table access_review;
