-- +goose Up

-- Who works on a case, until when if nothing more is heard of them, and who
-- looks at it. A case without a claim that holds is anybody's.
create table case_claim (
  order_id text primary key references orders (id), person_id text not null references person (id), name text not null,
  claimed_at timestamptz not null, until timestamptz not null);
create index case_claim_person on case_claim (person_id, until);
create table case_presence (
  order_id text not null references orders (id), person_id text not null references person (id), name text not null,
  seen_at timestamptz not null, primary key (order_id, person_id));

-- The offices about whose orders a reviewer doesn't decide.
create table review_conflict (
  person_id text not null references person (id), organization_id text not null references organization (id),
  why text not null, declared_at timestamptz not null, primary key (person_id, organization_id));

-- How an order's criteria stood when it was sent, over all its services.
create table criteria_tally (
  order_id text primary key references orders (id), met integer not null, unmet integer not null, unshown integer not null);

-- What reviewers found of each criterion, one after another: n counts within
-- the order, and the last of a criterion stands.
create table criterion_mark (
  order_id text not null references orders (id), n integer not null, guideline text not null, criterion text not null,
  says text not null check (says in ('met','not_met','not_shown')), file_id text not null default '', page integer not null default 0,
  note text not null default '', person_id text not null references person (id), name text not null, at timestamptz not null,
  primary key (order_id, n));

-- +goose Down
drop table criterion_mark;
drop table criteria_tally;
drop table review_conflict;
drop table case_presence;
drop table case_claim;
