-- +goose Up
-- Search by the beginning of a name is a range, which is only right, and only
-- served by an index, where text compares byte by byte. SQLite always does.
alter table orders alter column last_key type text collate "C", alter column first_key type text collate "C",
  alter column member_key type text collate "C", alter column id type text collate "C";
alter table member alter column last_key type text collate "C", alter column first_key type text collate "C";
alter table order_reference alter column value_key type text collate "C";
alter table coverage alter column number_key type text collate "C";

-- +goose Down
select 1;
