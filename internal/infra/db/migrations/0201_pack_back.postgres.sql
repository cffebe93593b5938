-- +goose Up

-- A version of a rule pack that was taken back: it stays with the orders that
-- began under it, and counts for no other.
alter table rule_pack add column back_at timestamptz;
create trigger rule_pack_changed after update on rule_pack for each statement execute function revise('law');

-- +goose Down
select 1;
