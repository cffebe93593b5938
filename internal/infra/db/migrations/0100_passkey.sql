-- +goose Up

-- A passkey: its public key with the counter and flags its authenticator last
-- showed. suspect_at says when the counter went back, which means that there
-- may be a copy; it opens nothing since.
create table passkey (
  id text primary key, person_id text not null references person (id), credential_id text not null unique,
  record text not null, sign_count bigint not null, name text not null, made_at timestamptz not null, used_at timestamptz, suspect_at timestamptz);
create index passkey_person on passkey (person_id);

-- A challenge that an authenticator is to sign, for one purpose and session,
-- answered once. The id is the hash of what the page holds.
create table passkey_challenge (
  id text primary key, purpose text not null, session_id text not null default '', data text not null, expires_at timestamptz not null);

-- +goose Down
drop table passkey_challenge;
drop table passkey;
