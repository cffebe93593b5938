package peer

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// This file is about the orders that a new call is to be about besides the
// first. They are kept with the draft, and become the call's when it is
// booked.

const (
	mostOffered = 10
	mostLooked  = 40 // orders looked at to find those; the likeliest come first
)

// Room is how many more orders the call on the way can be about.
func Room(o order.Order, st Standing, d Draft) int {
	all := append([]Matter{matterFor(o, st)}, d.Others...)
	return max(0, mostOrders(all)-len(all))
}

// Addable are the orders by could add to the call on the way about o: of the
// same organization and of a program that goes with o's, each with a call to
// be had and none booked. Those of the same practitioner come first, of each
// the latest decided; at most ten. The list leaves one audit row.
func Addable(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, d Draft) ([]Matter, error) {
	if err := by.Must(account.BookCalls); err != nil || Room(o, st, d) == 0 {
		return nil, err
	}
	programs, err := alikeTo(ctx, tx, st.Program)
	if err != nil {
		return nil, err
	}
	visible, args := order.Visible(by, 6)
	list, more := db.In(6+len(args), programs)
	orders, err := db.All(ctx, tx, order.Scan, `select `+order.Columns+` from orders
		where organization_id = $1 and id <> $2 and `+visible+` and program_id in `+list+`
			and (status in ($3, $4) or exists (select 1 from denial_intent where denial_intent.order_id = orders.id and ended_at is null))
			and not exists (select 1 from call_order where call_order.order_id = orders.id and active)
		order by case when practitioner_id = $5 then 0 else 1 end, sort_due, id limit `+strconv.Itoa(mostLooked),
		slices.Concat([]any{o.OrganizationID, string(o.ID), string(order.Denied), string(order.Partial), o.PractitionerID}, args, more)...)
	if err != nil || len(orders) == 0 {
		return nil, err
	}
	all, err := mattersFor(ctx, tx, orders)
	all = slices.DeleteFunc(all, func(m Matter) bool { return !m.Standing.Bookable() || d.has(m.Order.ID) })
	all = all[:min(len(all), mostOffered)]
	if err != nil || len(all) == 0 {
		return nil, err
	}
	e := by.Audit("orders.offered", "list", string(o.ID))
	e.Detail = strconv.Itoa(len(all)) + " orders"
	return all, auditRecord(ctx, tx, e)
}

func alikeTo(ctx context.Context, tx *db.Tx, p plan.Program) (ids []string, err error) {
	all, err := plan.Programs(ctx, tx)
	for _, other := range all {
		if alike(p, other) {
			ids = append(ids, string(other.ID))
		}
	}
	return ids, err
}

func (d Draft) has(id order.ID) bool {
	return slices.ContainsFunc(d.Others, func(m Matter) bool { return m.Order.ID == id })
}

// AddOrders has the call on the way about o be about the orders with these
// numbers too. One that by may not see is NotFound. What is wrong with the
// choice is said at "add".
func AddOrders(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, numbers []string) error {
	if err := may(ctx, tx, by, o, st, nil); err != nil {
		return err
	}
	if len(numbers) == 0 {
		return fault.Fields{"add": "Select an order to add"}.Err()
	}
	var more []order.Order
	for _, n := range numbers[:min(len(numbers), mostOffered)] {
		other, err := order.Get(ctx, tx, by, n)
		if err != nil {
			return err
		}
		more = append(more, other)
	}
	return add(ctx, tx, by, o, st, more, "add")
}

// notYours is all that is said of a number and birth date that don't lead to
// an order of the office, whichever of them is wrong and whoever's it is.
const notYours = "We can’t find an order of yours with this number and date of birth. Check both"

// AddByNumber adds the order with this number, if its patient was born that
// day. Who guesses learns nothing: whatever is wrong with either, and an order
// that by may not see, is said with one sentence at "number". Tries are
// limited, so the transaction must commit whatever comes of it (web's Keep).
func AddByNumber(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, number string, born civil.Date) error {
	if err := may(ctx, tx, by, o, st, nil); err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(strings.TrimSpace(number) != "", "number", "Enter an order number")
	f.Check(!born.IsZero(), "born", "Enter the date of birth")
	if err := f.Err(); err != nil {
		return err
	}
	if err := account.CountLookup(ctx, tx, by); err != nil {
		return err
	}
	other, err := order.Find(ctx, tx, by, `number = `, order.Digits(number))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil || other.Patient.Born != born || other.OrganizationID != o.OrganizationID {
		return fault.Fields{"number": notYours}.Err()
	}
	if err := order.Read(ctx, tx, by, other, "order.read"); err != nil {
		return err
	}
	return add(ctx, tx, by, o, st, []order.Order{other}, "number")
}

// add keeps more orders with by's draft. A time that is held is let go: it is
// too short by then, or its reviewer may not fit all the orders.
func add(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, more []order.Order, field string) error {
	d, err := draft(ctx, tx, by, o.ID, "")
	if err != nil {
		return err
	}
	all, err := mattersFor(ctx, tx, more)
	if err != nil {
		return err
	}
	first := matterFor(o, st)
	for _, m := range all {
		if m.Order.ID == o.ID || d.has(m.Order.ID) {
			return fault.Fields{field: words.Say("Order %s is in this call already", order.Spaced(m.Order.Number))}.Err()
		}
		if text := apart(first, m); text != "" {
			return fault.Fields{field: words.Say("Order %s can’t be added: %s", order.Spaced(m.Order.Number), text)}.Err()
		}
		d.Others = append(d.Others, m)
	}
	if most := mostOrders(append([]Matter{first}, d.Others...)); len(d.Others)+1 > most {
		return fault.Fields{field: words.Say("One call can be about %s orders at most", strconv.Itoa(most))}.Err()
	}
	d.letGo()
	if err := letGo(ctx, tx, d.ID); err != nil {
		return err
	}
	return saveDraft(ctx, tx, d)
}

// apart says why an order can't be in one call with the first, "" if it can.
func apart(first, m Matter) words.Text {
	switch {
	case m.Order.OrganizationID != first.Order.OrganizationID:
		return "it is another organization’s"
	case m.Standing.Result == AlreadyBooked:
		return "a call about it is booked already"
	case !alike(first.Standing.Program, m.Standing.Program):
		return "it is for another specialty, so another reviewer discusses it"
	case !m.Standing.Bookable():
		return "a call about it isn’t available"
	}
	return ""
}

// RemoveOrder takes the order with this number off the call on the way about
// o. A time that is held stays if it still has the right length, since whoever
// fits more orders fits fewer. One that isn't among them is NotFound.
func RemoveOrder(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, st Standing, number string) error {
	if err := by.Must(account.BookCalls); err != nil {
		return err
	}
	d, err := draft(ctx, tx, by, o.ID, "")
	if err != nil {
		return err
	}
	n := len(d.Others)
	d.Others = slices.DeleteFunc(d.Others, func(m Matter) bool { return m.Order.Number == order.Digits(number) })
	if len(d.Others) == n {
		return fault.New(fault.NotFound, "We can't find that order in this call.")
	}
	d.Statements = slices.DeleteFunc(d.Statements, func(s Statement) bool { return strings.HasSuffix(s.Code, "_"+order.Digits(number)) })
	if d.Slot.Minutes != minutesFor(append([]Matter{matterFor(o, st)}, d.Others...)) {
		d.letGo()
		if err := letGo(ctx, tx, d.ID); err != nil {
			return err
		}
	}
	return saveDraft(ctx, tx, d)
}

// letGo forgets the time that is chosen, or the times that were given: they
// were for a call of another length.
func (d *Draft) letGo() {
	d.Slot, d.Reviewer, d.HeldUntil, d.Windows = Slot{}, "", time.Time{}, nil
}

// Amiss says what keeps an order from being in the call on the way, though it
// was added: it was booked by itself meanwhile, or was decided anew. "" if
// nothing does.
func (m Matter) Amiss() string {
	switch {
	case m.Standing.Result == AlreadyBooked:
		return "A call about this order is booked already. Remove it to go on."
	case !m.Standing.Bookable():
		return "A call about this order isn’t available any more. Remove it to go on."
	}
	return ""
}

// allMay refuses a draft with an order that was added and about which no call
// is to be had any more.
func allMay(d Draft) error {
	for _, m := range d.Others {
		if m.Standing.Result == AlreadyBooked {
			return bookedAlready(m.Order, 1+len(d.Others))
		}
		if !m.Standing.Bookable() {
			return fault.New(fault.Conflict, "A call about order %s isn't available any more.", order.Spaced(m.Order.Number))
		}
	}
	return nil
}

// Peers are the credentials that may speak about all the orders of the call on
// the way, comma separated; "" for any.
func Peers(st Standing, d Draft) string {
	peers := st.Line.Peers
	for _, m := range d.Others {
		switch other := m.Standing.Line.Peers; {
		case peers == "":
			peers = other
		case other != "":
			accepted := strings.Split(other, ",")
			peers = strings.Join(slices.DeleteFunc(strings.Split(peers, ","), func(c string) bool { return !slices.Contains(accepted, c) }), ",")
		}
	}
	return peers
}

// attachAll makes c the live call of all the draft's orders, which makes the
// last changes of other calls about them final.
func attachAll(ctx context.Context, tx *db.Tx, about []Matter, c Call) error {
	if err := attach(ctx, tx, c, about); err != nil {
		return err
	}
	return sealOrders(ctx, tx, about)
}
