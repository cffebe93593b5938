-- +goose Up

-- Who gets the newsletter, at which address. Another address than the
-- account's is pending until its owner said yes by the link mailed there.
create table newsletter_subscription (
  id text primary key, person_id text not null references person (id), email text not null,
  state text not null check (state in ('pending','active','ended')), token_hash text not null default '',
  asked_at timestamptz not null, confirmed_at timestamptz, ended_at timestamptz);
create unique index newsletter_subscription_one on newsletter_subscription (person_id) where state <> 'ended';
create index newsletter_subscription_email on newsletter_subscription (email, state);
create index newsletter_subscription_token on newsletter_subscription (token_hash);

create table newsletter_issue (
  id text primary key, title text not null, body text not null, sent_at timestamptz, receivers integer not null default 0,
  changed_at timestamptz not null, changed_by text not null, version integer not null default 1);

-- Who takes part in improving the service, and in what.
create table feedback_member (
  person_id text primary key references person (id), wants text not null default '', joined_at timestamptz not null);

-- Where who gets a mail to many says that they want no more (RFC 8058).
alter table mail add column unsubscribe text not null default '';

-- +goose Down
alter table mail drop column unsubscribe;
drop table feedback_member;
drop table newsletter_issue;
drop table newsletter_subscription;
