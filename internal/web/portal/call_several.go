package portal

import (
	"context"
	"slices"
	"strconv"

	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// several are the orders that a call on the way is about besides its first:
// those added, and the ways to add more.
type several struct {
	room    int // how many more can be added
	addable []peer.Matter
	chosen  []string // numbers that were checked
	number  string   // as typed
	born    note     // as typed
	faults  map[string]words.Text
	own     peer.Subject   // of the call being moved: p.o, with what the call can do for it
	also    []peer.Subject // orders of the call being moved that the reader may see, but for p.o
	hidden  int            // and that the reader may not see
}

// openSeveral reads what of it the page shows.
func (p *timePage) openSeveral(ctx context.Context, r *web.Request) (err error) {
	if p.moving != nil {
		all, hidden, err := peer.SubjectsSeen(ctx, r.Tx, r.By, *p.moving)
		for _, s := range all {
			if s.Order.ID == p.o.ID {
				p.several.own = s
			} else {
				p.several.also = append(p.several.also, s)
			}
		}
		p.several.hidden = hidden
		return err
	}
	for _, m := range p.draft.Others {
		if err := order.Read(ctx, r.Tx, r.By, m.Order, "order.read"); err != nil {
			return err
		}
	}
	p.several.room = peer.Room(p.o, p.standing, p.draft)
	p.several.addable, err = peer.Addable(ctx, r.Tx, r.By, p.o, p.standing, p.draft)
	return err
}

// addOrders adds the orders that were checked.
func addOrders(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openAdding(ctx, r)
	if away != nil || err != nil {
		return answered(away), err
	}
	p.several.chosen = r.Form["add"]
	return p.added(ctx, r, peer.AddOrders(ctx, r.Tx, r.By, p.o, p.standing, p.several.chosen))
}

// findToAdd adds the order whose number and date of birth were typed. The try
// counts, whatever comes of it.
func findToAdd(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openAdding(ctx, r)
	if away != nil || err != nil {
		return answered(away), err
	}
	p.several.number = r.Value("number")
	p.several.born = note{true, r.Value("born_month"), r.Value("born_day"), r.Value("born_year")}
	f := fault.Fields{}
	born := readDate(f, "born", "Date of birth", p.several.born.month, p.several.born.day, p.several.born.year)
	err = f.Err()
	if err == nil {
		err = peer.AddByNumber(ctx, r.Tx, r.By, p.o, p.standing, p.several.number, born)
	}
	a, err := p.added(ctx, r, err)
	a.Keep = err != nil && a.Body != nil
	return a, err
}

// removeOrder takes an order off the call on the way.
func removeOrder(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: p.path("/time")}, peer.RemoveOrder(ctx, r.Tx, r.By, p.o, p.standing, r.Value("number"))
}

func openAdding(ctx context.Context, r *web.Request) (*timePage, *web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	if away, yes := p.turnedAway(); yes {
		return p, &away, nil
	}
	return p, nil, nil
}

func answered(a *web.Answer) web.Answer {
	if a == nil {
		return web.Answer{}
	}
	return *a
}

// added goes back to the times, which are others by now, or says what is wrong
// with the order to be added.
func (p *timePage) added(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	if err == nil {
		return web.Answer{SeeOther: p.path("/time")}, nil
	}
	f := fault.Of(err)
	switch f.Kind {
	case fault.Invalid:
		p.several.faults, p.errors = f.Fields, web.Errors(err, "add", "number", "born")
		for i, e := range p.errors {
			if e.Field == "born" { // the fieldset takes no focus
				p.errors[i].Field = "born_month"
			}
		}
	case fault.TooMany:
		p.several.faults = map[string]words.Text{"number": f.Text}
		p.errors = []ui.FieldError{{Field: "number", Text: f.Text}}
	default:
		return web.Answer{}, err
	}
	return p.show(ctx, r, err)
}

// addChoice are the orders that could be added.
func (p *timePage) addChoice() ui.Group {
	g := ui.Group{Name: "add", Legend: p.addableWords(), Error: p.several.faults["add"], Small: true}
	for _, m := range p.several.addable {
		g.Options = append(g.Options, ui.Option{Value: m.Order.Number, Label: words.Say("%s, %s", m.Order.Patient.Name(), order.Spaced(m.Order.Number)),
			Hint: words.Say("%s. %s", m.Order.Title, standingWords(m.Standing, p.loc, p.now)), Checked: slices.Contains(p.several.chosen, m.Order.Number)})
	}
	return g
}

func (p *timePage) addableWords() words.Text {
	if n := len(p.several.addable); n > 1 {
		return words.Say("You have %s other orders that could be discussed with the same reviewer", strconv.Itoa(n))
	}
	return "You have 1 other order that could be discussed with the same reviewer"
}

// roomWords say how many orders can be added, and what that costs.
func (p *timePage) roomWords() words.Text {
	text := words.Say("You can add %s orders.", strconv.Itoa(p.several.room))
	if p.several.room == 1 {
		text = "You can add 1 order."
	}
	if len(p.draft.Others) == 0 {
		text += " The call then takes longer, so other times are shown."
	}
	return text
}

// addOpen reports whether the form for a number has something in it.
func (s several) addOpen() bool {
	return s.number != "" || s.faults["number"] != "" || s.faults["born"] != ""
}

// lengthWords say why the times are longer than for one order.
func (p *timePage) lengthWords() words.Text {
	return words.Say("This call is about %s orders and takes %s minutes. One reviewer discusses all of them.", strconv.Itoa(len(p.matters())), strconv.Itoa(p.offer.Minutes()))
}

// matters are the orders of the call on the way, the first first.
func (p *callPage) matters() []peer.Matter {
	return append([]peer.Matter{{Order: p.o, Standing: p.standing}}, p.draft.Others...)
}

// amiss reports whether an order that was added can't be in the call any more.
func (p *callPage) amiss() bool {
	return slices.ContainsFunc(p.draft.Others, func(m peer.Matter) bool { return m.Amiss() != "" })
}

// patientOf is an order's own patient.
func patientOf(o order.Order, plan string) words.Text {
	return words.Say("%s, born %s, member ID %s, %s", o.Patient.Name(), ui.BirthDate(o.Patient.Born), o.MemberNumber, plan)
}

func (p *callPage) standingWords(m peer.Matter) words.Text {
	return standingWords(m.Standing, p.loc, p.now)
}

// takeOut takes an order out of a booked call. Who can't see the call after
// that goes to the order.
func takeOut(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	number := order.Digits(r.Value("number"))
	if _, err := peer.TakeOut(ctx, r.Tx, r.By, p.c, number); err != nil {
		return p.again(err, callView(p))
	}
	if len(p.subjects) == 1 {
		return web.Answer{SeeOther: "/orders/" + number}, nil
	}
	return web.Answer{SeeOther: p.callPath("")}, nil
}

// severalOrders reports whether the call is about more orders than one.
func (p *oneCall) severalOrders() bool { return len(p.subjects)+p.hidden > 1 }

func (p *oneCall) ordersHeading() words.Text {
	return words.Say("Orders of this call (%s)", strconv.Itoa(len(p.subjects)+p.hidden))
}

// hiddenWords tell of orders whose patients are not the reader's to see.
func hiddenWords(n int) words.Text {
	if n == 1 {
		return "1 more order"
	}
	return words.Say("%s more orders", strconv.Itoa(n))
}
