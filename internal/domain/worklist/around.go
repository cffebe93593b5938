package worklist

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Around returns the order with a number and all that belongs to it, as
// entries of the audit name them: its calls, letters, messages and so on. It
// says nothing of the order, so those who read the audit and no orders may ask.
// A number that no order has is an empty answer.
func Around(ctx context.Context, tx *db.Tx, by account.Actor, number string) ([]audit.Object, error) {
	if !by.Can(account.ReadAudit) {
		return nil, fault.New(fault.Denied, "Your role doesn't let you read the audit. Ask your administrator.")
	}
	return db.All(ctx, tx, func(r db.Row) (o audit.Object, err error) { return o, r.Scan(&o.Kind, &o.ID) }, `
		with o as (select id from orders where number = $1)
		select 'order', id from o
		union all select 'request', q.id from request q join o on q.order_id = o.id
		union all select 'call', c.call_id from call_order c join o on c.order_id = o.id
		union all select 'determination', d.id from determination d join o on d.order_id = o.id
		union all select 'letter', l.id from letter l join o on l.order_id = o.id
		union all select 'message', m.id from message_thread m join o on m.order_id = o.id
		union all select 'appeal', a.id from appeal a join o on a.order_id = o.id`, order.Digits(number))
}

// A Saying is that something was said in writing about an order: when and by
// whom, not what.
type Saying struct {
	At       time.Time
	Who      string
	Review   bool // by those who review, not the office
	Internal bool // among those who review
}

// Said are the messages about an order, the first first. The caller has read
// the order and audited that.
func Said(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) ([]Saying, error) {
	if !by.IsStaff() {
		return nil, fault.New(fault.Denied, "Your role doesn't let you see all messages about an order.")
	}
	return db.All(ctx, tx, func(r db.Row) (s Saying, err error) {
		var side string
		err = r.Scan(&s.At, &s.Who, &side, &s.Internal)
		s.Review = side != "office"
		return s, err
	}, `select e.at, e.name, e.side, e.internal from message_entry e join message_thread t on t.id = e.thread_id
		where t.order_id = $1 order by e.at, t.id, e.n`, string(o.ID))
}
