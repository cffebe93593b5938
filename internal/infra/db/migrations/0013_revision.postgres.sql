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
create function revise() returns trigger language plpgsql as $$
begin
  update revision set n = n + 1 where topic = tg_argv[0];
  return null;
end $$;
-- +goose StatementEnd
create trigger plan_revised after insert or update or delete on plan for each statement execute function revise('plan');
create trigger plan_line_revised after insert or update or delete on plan_line for each statement execute function revise('plan');
create trigger plan_holiday_revised after insert or update or delete on plan_holiday for each statement execute function revise('plan');
create trigger program_revised after insert or update or delete on program for each statement execute function revise('plan');
create trigger delegation_revised after insert or update or delete on delegation for each statement execute function revise('plan');
create trigger rollout_revised after insert or update or delete on rollout for each statement execute function revise('plan');
create trigger reviewer_revised after insert or update or delete on reviewer for each statement execute function revise('reviewer');
create trigger reviewer_license_revised after insert or update or delete on reviewer_license for each statement execute function revise('reviewer');
create trigger reviewer_program_revised after insert or update or delete on reviewer_program for each statement execute function revise('reviewer');
create trigger reviewer_plan_revised after insert or update or delete on reviewer_plan for each statement execute function revise('reviewer');
create trigger reviewer_line_revised after insert or update or delete on reviewer_line for each statement execute function revise('reviewer');
create trigger reviewer_language_revised after insert or update or delete on reviewer_language for each statement execute function revise('reviewer');
create trigger weekly_hours_revised after insert or update or delete on weekly_hours for each statement execute function revise('hours');
create trigger time_off_revised after insert or update or delete on time_off for each statement execute function revise('hours');
create trigger match_rule_revised after insert or update or delete on match_rule for each statement execute function revise('law');
create trigger person_revised after update of first_name, last_name, email, credential, disabled_at on person for each statement execute function revise('reviewer');

-- +goose Down
select 1;
