-- +goose Up

-- A version of a guideline that was taken back: answers that were begun under it
-- keep it, and nobody is asked by it any more.
alter table guideline add column back_at timestamptz;

-- +goose Down
select 1;
