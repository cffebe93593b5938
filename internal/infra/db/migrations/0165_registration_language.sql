-- +goose Up
-- The language of the page on which somebody registered, "" for English.
alter table registration add column language text not null default '';

-- +goose Down
alter table registration drop column language;
