-- +goose Up

create trigger letter_template_revised after insert on letter_template for each statement execute function revise('law');

-- +goose Down
select 1;
