-- +goose Up
-- The language in which a person reads, "" for what their browser asks for.
alter table person add column language text not null default '';

-- +goose Down
alter table person drop column language;
