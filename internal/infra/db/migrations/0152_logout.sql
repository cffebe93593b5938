-- +goose Up
-- Through which organization's sign-in a session began, and what its provider
-- calls its own session, hashed; '' for none.
alter table session add column through_organization_id text not null default '';
alter table session add column through_sid text not null default '';
create index session_through on session (through_organization_id) where through_organization_id <> '' and ended_at is null;
-- +goose Down
drop index session_through;
alter table session drop column through_sid;
alter table session drop column through_organization_id;
