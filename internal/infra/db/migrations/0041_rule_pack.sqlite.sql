-- +goose Up

-- +goose StatementBegin
create trigger rule_pack_added after insert on rule_pack begin update revision set n = n + 1 where topic = 'law'; end;
-- +goose StatementEnd

-- +goose Down
select 1;
