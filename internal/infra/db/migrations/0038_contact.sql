-- +goose Up

-- Whom to ask about a person's requests, as they once said for all of them.
create table office_contact (
  organization_id text not null references organization (id), person_id text not null references person (id),
  name text not null, phone text not null, extension text not null, fax text not null, email text not null, notices text not null,
  changed_at timestamptz not null, primary key (organization_id, person_id));

-- How an order's contact hears of it: '' by mail, 'fax' by fax. And at which of
-- their addresses the practitioner orders, as people read it.
alter table orders add column contact_notices text not null default '';
alter table orders add column practitioner_address text not null default '';

-- +goose Down
alter table orders drop column practitioner_address;
alter table orders drop column contact_notices;
drop table office_contact;
