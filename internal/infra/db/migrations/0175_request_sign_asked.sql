-- +goose Up

-- Since when the ordering practitioner is asked to sign; null while nobody asks
-- and once they have. Few requests wait for that, among all that were sent.
alter table request add column sign_asked_at timestamptz;
create index request_sign_asked on request (sign_asked_at) where sign_asked_at is not null;

-- +goose Down
drop index request_sign_asked;
alter table request drop column sign_asked_at;
