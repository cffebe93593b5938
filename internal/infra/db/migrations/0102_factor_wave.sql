-- +goose Up

-- That an organization's people move from codes by mail to a passkey or an
-- authenticator app, until a day on which codes by mail end for it.
create table factor_wave (
  id text primary key, organization_id text not null references organization (id), ends_at timestamptz not null,
  made_at timestamptz not null, made_by text not null, made_name text not null, stopped_at timestamptz, ended_at timestamptz);
create index factor_wave_organization on factor_wave (organization_id);

-- +goose Down
drop table factor_wave;
