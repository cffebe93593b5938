-- +goose Up

-- Who of its office looks after an order: whom it was given to, else who sent it.
create index orders_holder on orders ((case when held_by = '' then created_by else held_by end), status);

-- +goose Down
drop index orders_holder;
