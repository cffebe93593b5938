-- +goose Up

-- Which services need authorization, for which plans, and since when.
create table procedure (
  program_id text not null references program (id), plan_id text not null default '', line text not null default '',
  system text not null check (system in ('CPT','HCPCS')), code text not null, from_day text not null, to_day text,
  needed boolean not null, wording text not null, also text not null default '', sides boolean not null default false,
  most_units integer not null default 1, unit text not null default '',
  primary key (code, program_id, plan_id, line, from_day));
create trigger procedure_revised after insert or update or delete on procedure for each statement execute function revise('plan');

-- +goose Down
select 1;
