-- +goose Up

-- What somebody entered who registers and finishes later, by a link in a mail.
-- token_hash is null until that is written.
create table registration_draft (
  id text primary key, email text not null, body text not null, token_hash text unique, made_at timestamptz not null, expires_at timestamptz not null);
create index registration_draft_email on registration_draft (email);

-- +goose Down
drop table registration_draft;
