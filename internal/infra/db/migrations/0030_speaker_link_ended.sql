-- +goose Up

-- Set while the office wants no personal link to lead to the call.
alter table call_day add column link_ended_at timestamptz;

-- +goose Down
alter table call_day drop column link_ended_at;
