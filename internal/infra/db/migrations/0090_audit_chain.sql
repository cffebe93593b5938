-- +goose Up

-- The place of each entry in the chain, and the hash that ties it to all
-- before it; null and '' until the sealer came by, seconds later.
alter table audit add column n bigint;
alter table audit add column hash text not null default '';
create unique index audit_n on audit (n);
create index audit_unsealed on audit (at, id) where n is null;
create index audit_at on audit (at, id);

-- How far the chain goes ("head"), and what was found when it was last
-- verified ("checked").
create table audit_mark (
  name text primary key, n bigint not null, hash text not null default '', at timestamptz not null, trouble text not null default '');

-- +goose Down
drop table audit_mark;
drop index audit_at;
drop index audit_unsealed;
drop index audit_n;
alter table audit drop column hash;
alter table audit drop column n;
