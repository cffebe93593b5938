-- +goose Up

-- A personal link to one call for a speaker who has no account, and the
-- one-time code that goes to the speaker's address. Whoever reads the database
-- can use neither.
create table speaker_link (
  id text primary key, call_id text not null references call (id), email text not null, token_hash text not null unique, made_at timestamptz not null,
  code_hash text not null default '', code_sent_at timestamptz, code_expires_at timestamptz, code_used_at timestamptz);
create index speaker_link_call on speaker_link (call_id);

-- A browser in which a code was entered.
create table speaker_visit (
  token_hash text primary key, link_id text not null references speaker_link (id), begun_at timestamptz not null, expires_at timestamptz not null);
create index speaker_visit_link on speaker_visit (link_id);

-- +goose Down
drop table speaker_visit;
drop table speaker_link;
