-- +goose Up

-- Organizations of the directory by the beginning of their name, for who
-- registers and doesn't know the NPI.
create index listing_organization on listing (state, lower(name) text_pattern_ops) where kind = 'organization';

-- What somebody says of an organization that the directory doesn't have; ''
-- for none.
alter table registration add column stated text not null default '';

-- +goose Down
alter table registration drop column stated;
drop index listing_organization;
