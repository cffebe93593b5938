-- +goose Up

-- Why somebody gave up a job that had failed for good; it is done then.
alter table job add column discarded text not null default '';

-- +goose Down
select 1;
