-- +goose Up

-- What rarely changes is remembered by each process under the number that its
-- topic has here. Triggers raise it with every change, whoever makes it.
create table revision (topic text primary key, n bigint not null);
insert into revision (topic, n) values ('plan', 1), ('reviewer', 1), ('hours', 1), ('law', 1);

-- How often a reviewer's calls, holds and changes that can be taken back have
-- changed: what a process remembers of them holds while this number does.
create table reviewer_busy (reviewer_id text primary key, n bigint not null);
insert into reviewer_busy (reviewer_id, n) select person_id, 1 from reviewer;
create index call_undo_reviewer on call_undo (reviewer_id) where state = 'open';
create index call_draft_reviewer on call_draft (reviewer_id) where held_until is not null;

-- +goose StatementBegin
create trigger plan_added after insert on plan begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_changed after update on plan begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_removed after delete on plan begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_line_added after insert on plan_line begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_line_changed after update on plan_line begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_line_removed after delete on plan_line begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_holiday_added after insert on plan_holiday begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_holiday_changed after update on plan_holiday begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger plan_holiday_removed after delete on plan_holiday begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger program_added after insert on program begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger program_changed after update on program begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger program_removed after delete on program begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger delegation_added after insert on delegation begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger delegation_changed after update on delegation begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger delegation_removed after delete on delegation begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger rollout_added after insert on rollout begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger rollout_changed after update on rollout begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger rollout_removed after delete on rollout begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_added after insert on reviewer begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_changed after update on reviewer begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_removed after delete on reviewer begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_license_added after insert on reviewer_license begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_license_changed after update on reviewer_license begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_license_removed after delete on reviewer_license begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_program_added after insert on reviewer_program begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_program_changed after update on reviewer_program begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_program_removed after delete on reviewer_program begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_plan_added after insert on reviewer_plan begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_plan_changed after update on reviewer_plan begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_plan_removed after delete on reviewer_plan begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_line_added after insert on reviewer_line begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_line_changed after update on reviewer_line begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_line_removed after delete on reviewer_line begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_language_added after insert on reviewer_language begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_language_changed after update on reviewer_language begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger reviewer_language_removed after delete on reviewer_language begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger weekly_hours_added after insert on weekly_hours begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger weekly_hours_changed after update on weekly_hours begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger weekly_hours_removed after delete on weekly_hours begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger time_off_added after insert on time_off begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger time_off_changed after update on time_off begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger time_off_removed after delete on time_off begin update revision set n = n + 1 where topic = 'hours'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger match_rule_added after insert on match_rule begin update revision set n = n + 1 where topic = 'law'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger match_rule_changed after update on match_rule begin update revision set n = n + 1 where topic = 'law'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger match_rule_removed after delete on match_rule begin update revision set n = n + 1 where topic = 'law'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger person_changed after update of first_name, last_name, email, credential, disabled_at on person begin update revision set n = n + 1 where topic = 'reviewer'; end;
-- +goose StatementEnd

-- +goose Down
select 1;
