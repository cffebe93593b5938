-- +goose Up

-- Patients are looked for by birth date and number, or birth date and name.
create index member_born on member (birth_date, last_key);

-- +goose Down
select 1;
