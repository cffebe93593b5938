-- +goose Up

-- Until when offices were told that they have what ends, before it was put off.
alter table rollout add column was_to text;

-- +goose Down
alter table rollout drop column was_to;
