-- +goose Up

-- When the ordering practitioner was asked to answer the clinical questions of
-- a draft; null while they are not.
alter table request add column handed_at timestamptz;

-- +goose Down
alter table request drop column handed_at;
