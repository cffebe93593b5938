-- +goose Up

create trigger rule_pack_revised after insert on rule_pack for each statement execute function revise('law');

-- +goose Down
select 1;
