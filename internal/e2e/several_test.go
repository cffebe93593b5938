package e2e

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// Two orders in one call: found by check box and by number, removed, booked,
// held, and each with an outcome of its own; with a script and without.
func TestTwoOrdersInOneCall(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			a, b, c := h.world.Denied(), h.world.Denied(), h.world.Denied()
			tab := browser.New(t, options...)
			d := h.desk(t, tab, h.world.Maria)
			d.bookTwo(name, a, b, c)
			d.holdTwo(name, a, b)
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

func (d *desk) bookTwo(name string, a, b, c order.Order) {
	d.toTimes(a)
	d.says("You have 2 other orders that could be discussed with the same reviewer", order.Spaced(b.Number), order.Spaced(c.Number), "You can add 2 orders.")
	d.look("several-" + name)
	d.tab.Click("Add to this call")
	d.says("There is a problem", "Select an order to add")
	d.tab.Click("Rosa Canarywell, " + order.Spaced(c.Number))
	d.tab.Click("Add to this call")
	d.says("Also in this call", "This call is about 2 orders and takes 60 minutes.", "You have 1 other order", "You can add 1 order.")
	d.look("several-added-" + name)
	d.tab.Click("Remove order " + order.Spaced(c.Number))
	d.silent("Also in this call")

	d.tab.Click("Add an order by its number")
	d.tab.Type("#number", order.Spaced(b.Number))
	d.born("4", "27", "1986")
	d.tab.Click("Find and add")
	d.says("There is a problem", "We can't find an order of yours with this number and date of birth. Check both")
	if got := d.tab.Value("#number") + d.tab.Value("#born_day"); got != order.Spaced(b.Number)+"27" {
		d.Errorf("what was typed became %q", got)
	}
	d.look("several-wrong-" + name)
	d.born("4", "28", "1986")
	d.tab.Click("Find and add")
	d.says("Also in this call", order.Spaced(b.Number))

	d.choose(4)
	d.tab.Click("Continue")
	d.tab.Type("#phone", "555-555-0131")
	d.tab.Click("Continue")
	d.says("Check and confirm", "Orders (2)", order.Spaced(a.Number), order.Spaced(b.Number))
	d.look("several-check-" + name)
	d.tab.Click("Confirm this call")
	d.says("Your call is confirmed.", "Orders of this call (2)")
	d.look("several-confirmed-" + name)
	m := d.h.mailTo(d.T, d.h.world.Maria.Email, "(2 orders)")
	if strings.Contains(m.Subject, "ending") || !strings.Contains(string(m.Attachments()[0].Content), "(2 orders)") {
		d.Errorf("the mail is %q", m.Subject)
	}
	for _, o := range []order.Order{a, b} {
		d.visit("/orders/" + o.Number)
		d.says("Manage peer-to-peer", "A peer-to-peer call is booked for")
	}
	d.tab.Click("Manage peer-to-peer")
	d.says("Orders of this call (2)", "Remove this order from the call")
	d.look("several-call-" + name)
	d.tab.Click("Reschedule")
	d.says("These move with it:", order.Spaced(b.Number))
	d.look("several-move-" + name)
	d.visit("/p2p")
	d.says(order.Spaced(a.Number) + " and 1 more order")
	d.visit("/")
	d.says("and 1 more order")
}

// holdTwo has the reviewer hold the call: one decision stays, one changes.
func (d *desk) holdTwo(name string, a, b order.Order) {
	w := d.h.world
	var c peer.Call
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := peer.Of(ctx, tx, b)
		if len(all) == 1 {
			c = all[0]
		}
		return err
	})
	d.h.at(c.StartsAt.Sub(dbtest.Clock))
	lind := d.h.desk(d.T, d.tab, w.Reviewers[0])
	lind.visit("/review/calls")
	lind.says("and 1 more order")
	lind.visit("/review/calls/" + c.Number)
	lind.tab.Click("Reached")
	lind.tab.Click("label[for=outcome_" + a.Number + "]")
	lind.tab.Click("Record the outcome")
	lind.says("There is a problem", "Select an outcome for each order", "Add a reason")
	lind.look("several-workspace-" + name)
	lind.tab.Type("#note_"+a.Number, "Treatment is still not shown.")
	lind.tab.Click("label[for=outcome_" + b.Number + "-2]")
	lind.tab.Click("Record the outcome")
	if !strings.Contains(lind.tab.URL(), "/review/cases/"+b.Number+"/decide") {
		d.Errorf("led to %s", lind.tab.URL())
	}
	lind.visit("/review/calls/" + c.Number)
	lind.says("Decision stays", "Decision changed", "The new determination is still to be made")
	lind.look("several-over-" + name)
	maria := d.h.desk(d.T, d.tab, w.Maria)
	maria.visit("/p2p/" + c.Number)
	maria.says("Decision stays: Treatment is still not shown.", "Decision changed: the reviewer is writing the new decision")
	maria.look("several-result-" + name)
}

func (d *desk) born(month, day, year string) {
	d.tab.Type("#born_month", month)
	d.tab.Type("#born_day", day)
	d.tab.Type("#born_year", year)
}

// An order is taken out of a booked call, which goes on about the others.
func TestTakingAnOrderOut(t *testing.T) {
	h := still(t, 1)
	w := h.world
	a, b := w.Denied(), w.Denied()
	d := h.desk(t, browser.New(t), w.Maria)
	maria := h.as(t, w.Maria, "authenticator")
	if got := maria.post("/orders/"+a.Number+"/p2p/orders", url.Values{"add": {b.Number}}); got.status != http.StatusSeeOther {
		t.Fatalf("adding: %d", got.status)
	}
	c, err := w.Book(w.Maria, a, w.Slots(w.Maria, a, nil)[8])
	if err != nil {
		t.Fatal(err)
	}
	h.drain(t)
	before := len(h.mail.All())
	d.visit("/p2p/" + c.Number)
	d.tab.Click("Remove this order from the call " + order.Spaced(a.Number))
	d.silent("Orders of this call")
	d.says(order.Spaced(b.Number), "Order "+order.Spaced(a.Number)+" was taken out of the peer-to-peer call.", "to 1:00 PM CT", "Your call is confirmed.")
	d.look("several-taken-out")
	h.drain(t)
	all := h.mail.All()
	if len(all) != before+1 || all[len(all)-1].To.Email != "p2p@um.example" {
		t.Errorf("%d mails", len(all)-before)
	}
	if again := maria.post("/p2p/"+c.Number+"/orders/remove", url.Values{"number": {b.Number}}); again.status != http.StatusConflict || !strings.Contains(again.body, "only order of the call") {
		t.Errorf("the last one: %d", again.status)
	}
}

// Whoever posts numbers of others' orders is told nothing; and the orders of a
// call that somebody doesn't see stay without a name. (P-51)
func TestOrdersOfOthersStayHidden(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		a, b, foreign := w.Denied(), w.Denied(), w.Denied()
		var own account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if _, err = tx.Exec(ctx, `update orders set organization_id = $1 where id = $2`, w.Other.ID, string(foreign.ID)); err != nil {
				return err
			}
			if own, err = w.Person(ctx, tx, "Ola", "Reyes", w.Office.ID, account.OfficeStaff); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `update orders set created_by = $1, patient_last = 'Plainly', member_number = 'PLAIN1' where id = $2`, string(own.ID), string(b.ID))
			return err
		})
		maria, ola := h.as(t, w.Maria, "authenticator"), h.as(t, own, "authenticator")
		times := "/orders/" + a.Number + "/p2p/"
		if got := maria.get(times + "time"); strings.Contains(got.body, order.Spaced(foreign.Number)) {
			t.Error("another organization's order is offered")
		}
		if got := maria.post(times+"orders", url.Values{"add": {foreign.Number}}); got.status != http.StatusNotFound {
			t.Errorf("adding another organization's: %d", got.status)
		}
		born := url.Values{"born_month": {"4"}, "born_day": {"28"}, "born_year": {"1986"}}
		said := map[string]bool{}
		for _, number := range []string{foreign.Number, "1234567890", b.Number} {
			form := url.Values{"number": {number}, "born_month": {"4"}, "born_day": {"28"}, "born_year": {"1986"}}
			if number == b.Number {
				form.Set("born_day", "29")
			}
			got := maria.post(times+"orders/find", form)
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", number, got.status)
			}
			said[numberFault(got.body)] = true
		}
		if len(said) != 1 || said[""] {
			t.Errorf("said %v", said)
		}
		for range 12 {
			born.Set("number", "1234567890")
			maria.post(times+"orders/find", born)
		}
		if got := maria.post(times+"orders/find", born); got.status != http.StatusTooManyRequests {
			t.Errorf("after many tries: %d", got.status)
		}
		maria.post(times+"orders", url.Values{"add": {b.Number}})
		c, err := w.Book(w.Maria, a, w.Slots(w.Maria, a, nil)[8])
		if err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { // from now on each sees their own
			_, err := tx.Exec(ctx, `update organization set sees = 'own' where id = $1`, w.Office.ID)
			return err
		})
		for _, path := range []string{"/p2p/" + c.Number, "/p2p/" + c.Number + "/confirmed", "/p2p", "/"} {
			got := ola.get(path)
			if got.status != http.StatusOK || !strings.Contains(got.body, "1 more order") {
				t.Errorf("%s: %d, without the other order", path, got.status)
			}
			if strings.Contains(got.body, "Canarywell") || strings.Contains(got.body, order.Spaced(a.Number)) || strings.Contains(got.body, "HBR400100200") {
				t.Errorf("%s tells of the other order", path)
			}
		}
		if got := ola.get("/p2p/" + c.Number); strings.Contains(got.body, "/reschedule") || strings.Contains(got.body, "/cancel") || !strings.Contains(got.body, "Only who sees all the orders") {
			t.Error("the page offers to change a call with an order that its reader doesn't see")
		}
		for _, path := range []string{"/reschedule", "/cancel"} {
			if got := ola.get("/p2p/" + c.Number + path); got.status != http.StatusSeeOther || got.to != "/p2p/"+c.Number {
				t.Errorf("%s: %d %s", path, got.status, got.to)
			}
		}
		if got := ola.post("/p2p/"+c.Number+"/cancel", url.Values{"reason": {"other"}}); got.status != http.StatusForbidden {
			t.Errorf("canceling a call with an order one doesn't see: %d", got.status)
		}
		if got := ola.post("/p2p/"+c.Number+"/orders/remove", url.Values{"number": {a.Number}}); got.status != http.StatusNotFound {
			t.Errorf("taking out an order one doesn't see: %d", got.status)
		}
		if got := h.as(t, w.Stranger, "authenticator").get("/p2p/" + c.Number); got.status != http.StatusNotFound {
			t.Errorf("a stranger: %d", got.status)
		}
	})
}

// numberFault is the sentence at the field for a number.
func numberFault(body string) string {
	_, rest, _ := strings.Cut(body, `id="number-error">`)
	text, _, _ := strings.Cut(rest, "</p>")
	return text
}

// What pages ask of the database doesn't grow with the orders that could be
// added, and by a constant for each of the three a call can have.
func TestSeveralOrdersCostAConstant(t *testing.T) {
	const perAdded, perOrder = 3, 1 // statements: on the page of times; on a call's own
	each(t, 1, func(t *testing.T, h *house) {
		w := h.world
		a, b, c, alone := w.Denied(), w.Denied(), w.Denied(), w.Denied()
		took := map[string]int{}
		h.Web.Ran = func(pattern string, statements int) { took[pattern] = statements }
		maria := h.as(t, w.Maria, "authenticator")
		ask := func(path, pattern string) int {
			t.Helper()
			for range 2 { // the first visit after a change reads what is remembered
				if got := maria.get(path); got.status != http.StatusOK {
					t.Fatalf("%s: %d", path, got.status)
				}
			}
			return took["GET "+pattern]
		}
		times := func() int { return ask("/orders/"+a.Number+"/p2p/time", "/orders/{order}/p2p/time") }
		few := times()
		for range 12 {
			w.Denied()
		}
		if many := times(); many != few || few == 0 {
			t.Errorf("with 3 orders to add %d statements, with 15 %d", few, many)
		}
		maria.post("/orders/"+a.Number+"/p2p/orders", url.Values{"add": {b.Number, c.Number}})
		if added := times(); added > few+2*perAdded {
			t.Errorf("with 2 orders added %d statements, without %d", added, few)
		} else {
			t.Logf("the page of times takes %d statements, with two orders added %d", few, added)
		}
		one, err := w.Book(w.Maria, alone, w.Slots(w.Maria, alone, nil)[40])
		if err != nil {
			t.Fatal(err)
		}
		three, err := w.Book(w.Maria, a, w.Slots(w.Maria, a, nil)[8])
		if err != nil {
			t.Fatal(err)
		}
		single, several := ask("/p2p/"+one.Number, "/p2p/{call}"), ask("/p2p/"+three.Number, "/p2p/{call}")
		if several > single+2+2*perOrder {
			t.Errorf("a call about one order takes %d statements, about three %d", single, several)
		}
		t.Logf("a call about one order takes %d statements, about three %d", single, several)
	})
}
