-- +goose Up

-- How a plan looks on its letters. Logos are kept by what they are, so that a
-- version that comes back finds its own; there are few and they are small.
alter table plan add column color text not null default '';
alter table plan add column logo text not null default '';
create table plan_logo (id text primary key, png text not null, added_at timestamptz not null);

-- +goose Down
drop table plan_logo;
alter table plan drop column logo;
alter table plan drop column color;
