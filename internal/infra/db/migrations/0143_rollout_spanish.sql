-- +goose Up

-- What offices read of a wave, in Spanish.
alter table rollout add column notice_es text not null default '';
alter table rollout add column fallback_es text not null default '';

-- +goose Down
select 1;
