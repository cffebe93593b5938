-- +goose Up

-- When whoever looks at a case looked at it last before this visit: what came
-- after that is new to them. Empty at the first visit.
alter table case_presence add column before_at timestamptz;

-- +goose Down
alter table case_presence drop column before_at;
