package retention

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/deadline"
	"parley/internal/domain/fax"
	"parley/internal/domain/guideline"
	"parley/internal/domain/hold"
	"parley/internal/domain/letter"
	"parley/internal/domain/member"
	"parley/internal/domain/message"
	"parley/internal/domain/notify"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/domain/survey"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// ordersAtOnce is how many orders one job removes: each is rows in forty tables.
const ordersAtOnce = 20

// settled are the statuses of orders with which nothing happens by itself.
var settled = func() string {
	text := ""
	for _, s := range order.Statuses {
		if !s.Pending() {
			text += ",'" + string(s) + "'"
		}
	}
	return "(" + text[1:] + ")"
}()

// old is the condition that nothing happened with an order since $1, and that
// it isn't held: it came, was changed, decided and meant for before, and so are
// its calls, messages, letters and appeals.
func old(o string) string {
	return o + `.status in ` + settled + ` and ` + o + `.received_at < $1 and ` + o + `.changed_at < $1 and coalesce(` + o + `.decided_at, ` + o + `.received_at) < $1
		and coalesce(` + o + `.service_to, ` + o + `.service_from, '') < $2 and coalesce(` + o + `.valid_to, '') < $2 and not ` + hold.Held(o+`.id`) + `
		and not exists (select 1 from message_thread t where t.order_id = ` + o + `.id and t.last_at >= $1)
		and not exists (select 1 from letter l where l.order_id = ` + o + `.id and coalesce(l.sent_at, l.created_at) >= $1)
		and not exists (select 1 from appeal a where a.order_id = ` + o + `.id and (a.status = 'filed' or coalesce(a.closed_at, a.filed_at) >= $1))
		and not exists (select 1 from call_order k join call c on c.id = k.call_id where k.order_id = ` + o + `.id and c.changed_at >= $1)`
}

// goes is old, for an order and those that it shares a call with: a call goes
// with all its orders.
var goes = old("o") + ` and not exists (select 1 from call_order x join call_order y on y.call_id = x.call_id join orders p on p.id = y.order_id
	where x.order_id = o.id and p.id <> o.id and not (` + old("p") + `))`

func countOrders(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from orders o where `+goes, before, dayOf(before))
}

// dayOf compares with the days on which care was to be given.
func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// removeOrders removes orders with everything of them, at most about so many.
// What the audit says of them stays: it names them by their ids, and is tied
// together.
func removeOrders(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	first, err := db.All(ctx, tx, db.Value[string], `select o.id from orders o where `+goes+` order by o.received_at, o.id limit $3`, before, dayOf(before), most)
	if err != nil || len(first) == 0 {
		return 0, err
	}
	ids, err := together(ctx, tx, first, before)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	w, err := whatOf(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	for _, step := range []func() error{
		func() error { return notify.RemoveOfOrders(ctx, tx, w.all()) },
		func() error { return survey.RemoveOfOrders(ctx, tx, w.all()) },
		func() error { return appeal.RemoveOfOrders(ctx, tx, ids) },
		func() error { return peer.RemoveOfOrders(ctx, tx, ids) },
		func() error { return message.RemoveOfOrders(ctx, tx, ids) },
		func() error { return letter.RemoveOfOrders(ctx, tx, ids) },
		func() error { return review.RemoveOfOrders(ctx, tx, ids) },
		func() error { return guideline.RemoveOfOrders(ctx, tx, w.requests) },
		func() error { return fax.RemoveOfOrders(ctx, tx, ids, w.requests) },
		func() error { return attachment.RemoveOfOrders(ctx, tx, ids, w.requests) },
		func() error { return request.RemoveOfOrders(ctx, tx, ids) },
		func() error { return hold.RemoveOfOrders(ctx, tx, ids) },
		func() error { return deadline.RemoveOfOrders(ctx, tx, ids) },
		func() error { return order.RemoveAll(ctx, tx, ids) },
		func() error { return member.RemoveAnswers(ctx, tx, w.answers) },
		func() error { return w.forget(ctx, tx) },
	} {
		if err := step(); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}

// together are orders with all that they share calls with, and those with all
// that they do; what is bound to one that stays, stays.
func together(ctx context.Context, tx *db.Tx, first []string, before time.Time) (all []string, err error) {
	for _, id := range first {
		group := []string{id}
		for {
			list, args := db.In(1, group)
			more, err := db.All(ctx, tx, db.Value[string], `select distinct y.order_id from call_order x join call_order y on y.call_id = x.call_id
				where x.order_id in `+list+` and y.order_id not in `+list+` order by y.order_id`, args...)
			if err != nil {
				return nil, err
			}
			if len(more) == 0 {
				break
			}
			group = append(group, more...)
		}
		list, args := db.In(3, group)
		n, err := db.Count(ctx, tx, `select count(*) from orders o where `+goes+` and o.id in `+list, append([]any{before, dayOf(before)}, args...)...)
		if err != nil {
			return nil, err
		}
		for _, one := range group {
			if n == len(group) && !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all, nil
}

// what names all that goes with orders: by ids that others keep, and the
// contents of files.
type what struct {
	orders, requests, others, answers, contents []string
}

func (w what) all() []string { return slices.Concat(w.orders, w.requests, w.others) }

func whatOf(ctx context.Context, tx *db.Tx, ids []string) (w what, err error) {
	w.orders = ids
	list, args := db.In(1, ids)
	for _, q := range []struct {
		into  *[]string
		query string
	}{
		{&w.requests, `select id from request where order_id in ` + list},
		{&w.others, `select id from call where order_id in ` + list + ` union select id from message_thread where order_id in ` + list + ` union select id from letter where order_id in ` + list + `
			union select id from appeal where order_id in ` + list + ` union select id from determination where order_id in ` + list + `
			union select u.id from upload u where u.order_id in ` + list + ` or u.request_id in ` + list + ` or u.request_id in (select id from request where order_id in ` + list + `)`},
		{&w.answers, `select eligibility_id from orders where id in ` + list + ` and eligibility_id <> '' and not exists (
			select 1 from orders p where p.eligibility_id = orders.eligibility_id and p.id not in ` + list + `)`},
		{&w.contents, `select blob_key from attachment where order_id in ` + list + ` union select blob_key from order_source where order_id in ` + list + ` union select file_key from letter where order_id in ` + list + `
			union select u.blob_key from upload u where u.order_id in ` + list + ` or u.request_id in ` + list + ` or u.request_id in (select id from request where order_id in ` + list + `)
			union select p.blob_key from upload_part p join upload u on u.id = p.upload_id where u.order_id in ` + list + ` or u.request_id in ` + list + ` or u.request_id in (select id from request where order_id in ` + list + `)`},
	} {
		if *q.into, err = db.All(ctx, tx, db.Value[string], q.query, args...); err != nil {
			return w, err
		}
	}
	return w, nil
}

// forget removes work that is done about what is gone, and has the contents of
// files be forgotten that no other order has.
func (w what) forget(ctx context.Context, tx *db.Tx) error {
	for _, id := range w.all() {
		if err := job.Forget(ctx, tx, id); err != nil {
			return err
		}
	}
	for _, key := range w.contents {
		named, err := db.Exists(ctx, tx, `select 1 from attachment where blob_key = $1 union all select 1 from upload where blob_key = $1
			union all select 1 from upload_part where blob_key = $1 union all select 1 from order_source where blob_key = $1 union all select 1 from letter where file_key = $1`, key)
		if err != nil {
			return err
		}
		if key == "" || named {
			continue
		}
		if err := attachment.Drop(ctx, tx, key); err != nil {
			return err
		}
	}
	return nil
}
