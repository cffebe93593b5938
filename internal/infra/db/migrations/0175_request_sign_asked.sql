-- +goose Up

-- Since when the ordering practitioner is asked to sign; null while nobody asks
-- and once they have.
alter table request add column sign_asked_at timestamptz;

-- +goose Down
alter table request drop column sign_asked_at;
