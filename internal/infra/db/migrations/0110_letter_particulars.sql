-- +goose Up

-- What a letter says that stands nowhere else, as JSON, so that one that is
-- held can be written again; '' for letters from before.
alter table letter add column particulars text not null default '';

-- +goose Down
alter table letter drop column particulars;
