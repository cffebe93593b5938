-- +goose Up

-- Since which day requests for a plan (line '' for every one) are made here
-- instead of on an older platform.
create table cutover (
  plan_id text not null references plan (id), line text not null default '', from_day text not null,
  old_name text not null, old_url text not null default '', primary key (plan_id, line));
create trigger cutover_revised after insert or update or delete on cutover for each statement execute function revise('plan');

-- +goose Down
drop table cutover;
