-- +goose Up

-- What the help center has beside the guides: questions with their answers,
-- resources, and whom to reach. plans and programs are codes, comma separated;
-- '' for all. Hours are minutes of the zone's local day; close_minute 0 for
-- hours that are not said.
create table help_entry (
  id text primary key, kind text not null check (kind in ('question','resource','contact')),
  name text not null, body text not null default '', href text not null default '',
  plans text not null default '', programs text not null default '', topic text not null default '',
  phone text not null default '', fax text not null default '', email text not null default '',
  zone text not null default '', open_minute integer not null default 0, close_minute integer not null default 0,
  shown boolean not null default true, place integer not null default 0);

-- +goose Down
drop table help_entry;
