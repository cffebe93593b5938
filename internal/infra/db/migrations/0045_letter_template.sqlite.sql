-- +goose Up

-- +goose StatementBegin
create trigger letter_template_added after insert on letter_template begin update revision set n = n + 1 where topic = 'law'; end;
-- +goose StatementEnd

-- +goose Down
select 1;
