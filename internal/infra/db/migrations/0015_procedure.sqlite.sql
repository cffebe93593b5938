-- +goose Up

-- Which services need authorization, for which plans, and since when.
create table procedure (
  program_id text not null references program (id), plan_id text not null default '', line text not null default '',
  system text not null check (system in ('CPT','HCPCS')), code text not null, from_day text not null, to_day text,
  needed boolean not null, wording text not null, also text not null default '', sides boolean not null default false,
  most_units integer not null default 1, unit text not null default '',
  primary key (code, program_id, plan_id, line, from_day));

-- +goose StatementBegin
create trigger procedure_added after insert on procedure begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger procedure_changed after update on procedure begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger procedure_removed after delete on procedure begin update revision set n = n + 1 where topic = 'plan'; end;
-- +goose StatementEnd

-- +goose Down
select 1;
