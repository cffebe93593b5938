-- +goose Up

-- A wave can be for a share of organizations; 0 is all of them.
alter table rollout add column percent integer not null default 0;

-- +goose Down
select 1;
