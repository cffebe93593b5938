-- +goose Up

-- A version of a rule pack that was taken back: it stays with the orders that
-- began under it, and counts for no other.
alter table rule_pack add column back_at timestamptz;
-- +goose StatementBegin
create trigger rule_pack_changed after update on rule_pack begin update revision set n = n + 1 where topic = 'law'; end;
-- +goose StatementEnd

-- +goose Down
select 1;
