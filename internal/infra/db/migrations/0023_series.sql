-- +goose Up

-- Weekly hours that were one once: a change of one session, or from one on,
-- splits them, and they can still be changed together.
alter table weekly_hours add column series_id text not null default '';
update weekly_hours set series_id = id;

-- +goose Down
alter table weekly_hours drop column series_id;
