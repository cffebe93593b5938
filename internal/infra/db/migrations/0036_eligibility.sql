-- +goose Up

-- Where a plan's own system says by FHIR whether it covers somebody; '' where
-- its list of members is all there is.
alter table plan add column eligibility_url text not null default '';

-- Each time somebody asked whether a plan covers a member, with what was
-- answered and by whom: a receipt that the asker can hold us to.
create table eligibility (
  id text primary key, number text not null unique, organization_id text not null, person_id text not null, person_name text not null, asked_at timestamptz not null,
  member_id text not null references member (id), coverage_id text not null references coverage (id), service_on text not null,
  state text not null, source text not null, covered boolean not null, starts_on text, ends_on text,
  as_of timestamptz not null, tries integer not null default 0);
create index eligibility_office on eligibility (organization_id, asked_at);

-- The answer about its patient that an order was sent with; '' for none.
alter table orders add column eligibility_id text not null default '';
create index orders_eligibility on orders (eligibility_id) where eligibility_id <> '';

-- +goose Down
drop index orders_eligibility;
alter table orders drop column eligibility_id;
drop table eligibility;
alter table plan drop column eligibility_url;
