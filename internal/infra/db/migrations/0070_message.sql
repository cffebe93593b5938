-- +goose Up
-- What an office and those who review say to each other: a thread is about one
-- order, or a question about none. turn is who is to answer; reply_by until
-- when what is asked for helps. office_n and review_n are the last entry that
-- each side is to read.
create table message_thread (
  id text primary key, number text not null unique, order_id text references orders (id),
  organization_id text not null references organization (id), location_id text not null default '', plan_id text not null default '', program_id text not null default '',
  kind text not null check (kind in ('request','question')), type text not null default '', topic text not null default '', subject text not null,
  status text not null check (status in ('draft','leaving','open','closed')), turn text not null check (turn in ('office','review','')),
  intro text not null default '', reply_by timestamptz, effect text not null default '', unanswered text not null default '', due_then timestamptz, more_time boolean not null default false,
  leaves_at timestamptz, sent_at timestamptz, answered_at timestamptz, expired_at timestamptz, closed_at timestamptz,
  created_at timestamptz not null, created_by text not null, created_name text not null,
  assigned_to text not null default '', assigned_name text not null default '',
  last_n integer not null default 0, last_at timestamptz not null, office_n integer not null default 0, review_n integer not null default 0,
  version integer not null default 1);
create index message_thread_order on message_thread (order_id, created_at);
create index message_thread_office on message_thread (organization_id, status, turn, reply_by, id);
create index message_thread_recent on message_thread (organization_id, last_at, id);
create index message_thread_author on message_thread (created_by, status);
create index message_thread_turn on message_thread (status, turn, last_at, id);
-- One thing at a time is asked for about an order, and one draft written.
create unique index message_thread_once on message_thread (order_id) where kind = 'request' and status in ('draft','leaving');

-- One thing that is asked for, and its answer: what was typed, and since when
-- it is sent.
create table message_item (
  thread_id text not null references message_thread (id), n integer not null,
  kind text not null check (kind in ('text','file','yes_no')), ask text not null, why text not null default '', satisfies text not null default '',
  guideline text not null default '', criterion text not null default '', file_kind text not null default '',
  answer text not null default '', yes text not null default '', without text not null default '', without_why text not null default '',
  saved_at timestamptz, saved_by text not null default '', saved_name text not null default '',
  assigned_to text not null default '', assigned_name text not null default '',
  sent_at timestamptz, sent_by text not null default '', sent_name text not null default '', version integer not null default 1,
  primary key (thread_id, n));

-- internal entries never leave those who review.
create table message_entry (
  thread_id text not null references message_thread (id), n integer not null, at timestamptz not null,
  side text not null check (side in ('office','review','program')), kind text not null, person_id text not null, name text not null, role text not null default '',
  text text not null, internal boolean not null default false,
  primary key (thread_id, n));

-- How far somebody has read a thread, and when they first had.
create table message_seen (
  thread_id text not null references message_thread (id), person_id text not null, name text not null, side text not null, n integer not null, at timestamptz not null,
  primary key (thread_id, person_id));

create table message_snooze (
  thread_id text not null references message_thread (id), organization_id text not null, until timestamptz not null, name text not null,
  primary key (thread_id, organization_id));

-- Words that are asked for again and again, by program.
create table message_template (
  id text primary key, program_id text not null default '', kind text not null, name text not null, ask text not null, why text not null default '', satisfies text not null default '',
  file_kind text not null default '', changed_at timestamptz not null, changed_by text not null, retired_at timestamptz);

alter table plan_line add column unanswered text not null default 'decide';

-- +goose Down
select 1;
