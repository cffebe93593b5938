-- +goose Up

-- Sites that an office sends patients to again and again; requests offer them
-- without a search.
create table favorite_site (
  organization_id text not null references organization (id), site_id text not null references organization (id),
  added_at timestamptz not null, added_by text not null, primary key (organization_id, site_id));

-- +goose Down
drop table favorite_site;
