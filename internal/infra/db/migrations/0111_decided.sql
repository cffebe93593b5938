-- +goose Up

-- What was decided for an office since somebody was last on Home.
create index orders_office_decided on orders (organization_id, decided_at);

-- +goose Down
drop index orders_office_decided;
