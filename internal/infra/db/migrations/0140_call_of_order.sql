-- +goose Up
-- Calls are looked for by their order, ended ones too: without an index each
-- look read the whole table.
create index call_order_of on call_order (order_id);

-- +goose Down
drop index call_order_of;
