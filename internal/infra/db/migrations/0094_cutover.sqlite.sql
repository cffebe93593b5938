-- +goose Up

-- Since which day requests for a plan (line '' for every one) are made here
-- instead of on an older platform.
create table cutover (
  plan_id text not null references plan (id), line text not null default '', from_day text not null,
  old_name text not null, old_url text not null default '', primary key (plan_id, line));

-- +goose StatementBegin
create trigger cutover_added after insert on cutover begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger cutover_changed after update on cutover begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger cutover_removed after delete on cutover begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd

-- +goose Down
drop table cutover;
