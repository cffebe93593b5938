-- +goose Up

-- How many days an organization's people may keep a password; 0 for any. A
-- session began with one that was older: a new one is due in it.
alter table organization add column password_days integer not null default 0;
alter table session add column password_due boolean not null default false;

-- +goose Down
alter table session drop column password_due;
alter table organization drop column password_days;
