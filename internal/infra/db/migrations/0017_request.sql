-- +goose Up

-- Requests that offices are filling in. What is in one so far is in content;
-- the columns are what lists, guards and clocks ask for.
create table request (
  id text primary key, number text not null unique, organization_id text not null references organization (id),
  location_id text not null default '', practitioner_id text not null default '', content text not null, version integer not null,
  created_by text not null, created_name text not null, created_at timestamptz not null,
  changed_by text not null, changed_name text not null, changed_at timestamptz not null,
  expires_at timestamptz not null, deleted_at timestamptz, sent_at timestamptz, order_id text unique);
create index request_office on request (organization_id, changed_at);
create index request_expires on request (expires_at);

-- Answers to "is authorization needed?", kept so that they can be held to.
create table need_receipt (
  id text primary key, number text not null unique, organization_id text not null, person_id text not null, person_name text not null, at timestamptz not null,
  plan_id text not null, line text not null, member_id text not null default '', code text not null, service_on text not null,
  answer text not null, sentence text not null);
create index need_receipt_office on need_receipt (organization_id, at);

-- +goose Down
select 1;
