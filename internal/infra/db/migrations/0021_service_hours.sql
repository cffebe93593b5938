-- +goose Up

-- When a plan does business on its business days, in minutes of its day: the
-- notice before a call counts only this time. An urgent order can ask for
-- less; 0 is as for any other.
alter table plan add column open_minute integer not null default 480;
alter table plan add column close_minute integer not null default 1080;
alter table program add column urgent_notice_minutes integer not null default 0;

-- +goose Down
select 1;
