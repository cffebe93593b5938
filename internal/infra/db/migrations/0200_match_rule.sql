-- +goose Up

-- A rule of a state is set on screen, too: it goes by an ID there, since its
-- first day can move before it begins; and it can be turned off.
alter table match_rule add column id text not null default '';
alter table match_rule add column off boolean not null default false;
update match_rule set id = 'mrl_' || lower(state) || '_' || line || '_' || code || '_' || from_day;
create unique index match_rule_id on match_rule (id);

-- +goose Down
select 1;
