-- +goose Up

-- Offices make keys for their own systems where operators let them. Such a key
-- holds for its organization alone; organization_id is null for those that
-- operators made.
alter table organization add column own_keys boolean not null default false;
alter table api_key add column organization_id text references organization (id);
alter table api_key add column made_by text not null default '';
alter table api_key add column made_name text not null default '';
alter table api_key add column used_at timestamptz;
create index api_key_organization on api_key (organization_id);

-- +goose Down
drop index api_key_organization;
alter table api_key drop column used_at;
alter table api_key drop column made_name;
alter table api_key drop column made_by;
alter table api_key drop column organization_id;
alter table organization drop column own_keys;
