package order

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/words"
)

// A Holder is who of its office looks after an order: whom it was given to, and
// before anybody gave it, who sent it.
type Holder struct {
	ID   account.PersonID
	Name string
}

// holder is that of a row of orders, as its index has it.
const holder = `(case when orders.held_by = '' then orders.created_by else orders.held_by end)`

// Held is the condition on table orders that by looks after the row, or is
// the practitioner who ordered it, with its arguments; placeholders begin at
// $from.
func Held(by account.Actor, from int) (where string, args []any) {
	where, args = "("+holder+" = $"+strconv.Itoa(from), []any{string(by.ID)}
	for _, s := range by.Seats {
		if s.PractitionerID != "" {
			args = append(args, s.OrganizationID, s.PractitionerID)
			last := from + len(args) - 1
			where += " or orders.organization_id = $" + strconv.Itoa(last-1) + " and orders.practitioner_id = $" + strconv.Itoa(last)
		}
	}
	return where + ")", args
}

// Holders are those of the orders with these numbers, by number, in one
// statement; an order that nobody who works for its office looks after isn't
// among them. The caller has made sure that the reader sees the orders.
func Holders(ctx context.Context, tx *db.Tx, numbers []string) (map[string]Holder, error) {
	found := map[string]Holder{}
	if len(numbers) == 0 {
		return found, nil
	}
	list, args := db.In(1, numbers)
	_, err := db.All(ctx, tx, func(r db.Row) (any, error) {
		var number, id, first, last string
		err := r.Scan(&number, &id, &first, &last)
		found[number] = Holder{account.PersonID(id), first + " " + last}
		return nil, err
	}, `select orders.number, p.id, p.first_name, p.last_name from orders join person p on p.id = `+holder+`
		where orders.number in `+list+` and p.disabled_at is null
		and exists (select 1 from membership m where m.person_id = p.id and m.organization_id = orders.organization_id)`, args...)
	return found, err
}

// Given announces that somebody of its office was given an order to look after.
// See app/reactions.go.
type Given struct {
	OrderID  ID
	PersonID account.PersonID
	At       time.Time
}

// Kind names the event.
func (Given) Kind() string { return "order.given" }

// MayGive reports whether by may say who of its office looks after o.
func MayGive(by account.Actor, o Order) bool {
	return by.Assists == nil && by.ActsFor(o.OrganizationID) && by.Can(account.SendRequests)
}

// Give has somebody of its office look after an order: they see it where people
// see only their own, it is theirs on Home, and a mail says so. Who may: people
// of the office who send requests. The error is Invalid at "to" for who doesn't
// work there or would not see the order.
func Give(ctx context.Context, tx *db.Tx, by account.Actor, o Order, to account.PersonID) error {
	if !MayGive(by, o) {
		return fault.New(fault.Denied, "Only the office says who looks after its orders.")
	}
	who, err := account.Act(ctx, tx, to)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if to == "" || err != nil || !who.ActsFor(o.OrganizationID) || !who.Can(account.ReadOrders) {
		return fault.Fields{"to": "Select somebody of your organization"}.Err()
	}
	if now, err := Holders(ctx, tx, []string{o.Number}); err != nil || now[o.Number].ID == to {
		return err
	}
	if _, err := tx.Exec(ctx, `update orders set held_by = $1 where id = $2`, string(to), string(o.ID)); err != nil {
		return err
	}
	if sees, err := sees(ctx, tx, who, o.ID); err != nil || !sees {
		return cmp.Or(err, fault.Fields{"to": words.Say("%s sees the orders of other locations only", who.Name)}.Err())
	}
	e := by.Audit("order.given", "order", string(o.ID))
	e.MemberID, e.Detail = o.MemberID, "to "+string(to)
	if err := record(ctx, tx, e); err != nil {
		return err
	}
	if to == by.ID {
		return nil
	}
	return job.Add(ctx, tx, Given{o.ID, to, tx.Now()})
}

func sees(ctx context.Context, tx *db.Tx, who account.Actor, id ID) (bool, error) {
	where, args := Visible(who, 2)
	n, err := db.Count(ctx, tx, `select count(*) from orders where id = $1 and `+where, append([]any{string(id)}, args...)...)
	return n > 0, err
}
