-- +goose Up

-- How many orders one call can be about.
alter table program add column most_orders integer not null default 3;

-- What a call can do for each of its orders, and until when. An order taken
-- out of a call has no row here any more; the call's events tell of it.
alter table call_order add column effect text not null default 'change' check (effect in ('change','discussion'));
alter table call_order add column valid_until timestamptz;
update call_order set
  effect = (select call.effect from call where call.id = call_order.call_id),
  valid_until = (select call.valid_until from call where call.id = call_order.call_id);

-- The calls about an order, whichever of the call's orders it is.
create index call_order_order on call_order (order_id, call_id);

-- The orders that a call on the way is to be about besides its first: a JSON
-- list of ids.
alter table call_draft add column more text not null default '';

-- +goose Down
alter table call_draft drop column more;
drop index call_order_order;
alter table call_order drop column valid_until;
alter table call_order drop column effect;
alter table program drop column most_orders;
