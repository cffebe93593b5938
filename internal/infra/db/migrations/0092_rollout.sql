-- +goose Up

-- A wave of a roll-out can be for one state and for some organizations (ids,
-- comma separated), and be stopped at once, with what offices read instead.
alter table rollout add column state text not null default '';
alter table rollout add column organizations text not null default '';
alter table rollout add column stopped_at timestamptz;
alter table rollout add column stopped_why text not null default '';
alter table rollout add column fallback text not null default '';
alter table rollout add column changed_at timestamptz;

-- +goose Down
select 1;
