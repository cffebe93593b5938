-- +goose Up

-- How a plan's member IDs look, and some that have to: see plan.MemberIDs.
alter table plan add column member_ids text not null default '';
alter table plan add column member_id_examples text not null default '';

-- +goose Down
alter table plan drop column member_id_examples;
alter table plan drop column member_ids;
