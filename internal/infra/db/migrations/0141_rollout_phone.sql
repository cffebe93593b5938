-- +goose Up

-- Whom offices call that don't have a feature, apart from the words.
alter table rollout add column phone text not null default '';

-- +goose Down
select 1;
