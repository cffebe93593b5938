-- +goose Up

-- Whether offices may send a request for a patient whom no list has. Until
-- somebody says which member they are, nothing is approved for them.
alter table plan add column allow_unmatched boolean not null default false;
-- The office that entered a patient by hand; '' for members of a list. No
-- search finds them, and no import takes them for somebody.
alter table member add column entered_for text not null default '';
alter table orders add column unmatched boolean not null default false;
create index orders_unmatched on orders (id) where unmatched;

-- +goose Down
drop index orders_unmatched;
alter table orders drop column unmatched;
alter table member drop column entered_for;
alter table plan drop column allow_unmatched;
