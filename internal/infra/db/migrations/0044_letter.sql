-- +goose Up
-- Letters by template, in the reader's language, with proof of each way they went.
alter table plan add column address text not null default '';
alter table plan add column appeal_address text not null default '';
alter table plan add column appeal_fax text not null default '';
alter table plan_line add column reconsideration_days integer not null default 0;
update plan_line set reconsideration_days = 14 where call_effect = 'change';
alter table member add column language text not null default '';
alter table member add column large_print boolean not null default false;

alter table determination add column plain text not null default '';
alter table determination add column plain_es text not null default '';

create table letter_template (
  id text not null, version text not null, kind text not null, audience text not null, language text not null,
  plan_code text not null default '', line text not null default '', state text not null default '',
  valid_from text not null, body text not null, published_at timestamptz not null, primary key (id, version));

alter table letter add column kind text not null default 'decision';
alter table letter add column audience text not null default 'provider';
alter table letter add column language text not null default 'en';
alter table letter add column large_print boolean not null default false;
alter table letter add column template text not null default '';
alter table letter add column status text not null default 'sent';
alter table letter add column content text not null default '';
alter table letter add column content_hash text not null default '';
alter table letter add column file_key text not null default '';
alter table letter add column cause text not null default '';
alter table letter add column problems text not null default '';
alter table letter add column due_at timestamptz;
alter table letter add column created_at timestamptz;
create index letter_waiting on letter (status, due_at) where status <> 'sent';
create unique index letter_once on letter (cause) where cause <> '';

create table letter_delivery (
  id text primary key, letter_id text not null references letter (id), channel text not null, address text not null default '',
  status text not null, proof text not null default '', error text not null default '', created_at timestamptz not null, done_at timestamptz,
  by_name text not null default '', batch text not null default '');
create index letter_delivery_letter on letter_delivery (letter_id);
create index letter_delivery_open on letter_delivery (status, channel) where status in ('waiting', 'failed');

-- +goose Down
select 1;
