-- +goose Up

-- A day has thousands of orders; what their counts, filters and order look at
-- stands in the index, so that finding a page of them reads that page alone.
drop index orders_service;
create index orders_service on orders (service_from, organization_id, status, plan_id, program_id, location_id, sort_due, received_at, last_key, first_key, id);

-- +goose Down
drop index orders_service;
create index orders_service on orders (service_from, id);
