-- +goose Up

-- When people are reminded of a program's calls: of "24h", "1h" and "15m", with
-- commas; "none" for never, "" for all.
alter table program add column reminders text not null default '';

-- +goose Down
select 1;
