package portal

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// callPage is what the pages on the way to a call share.
type callPage struct {
	o        order.Order
	standing peer.Standing
	moving   *peer.Call // the call being moved, nil for a new one
	draft    peer.Draft
	unsaid   []peer.Question // that must be answered before the call can be booked
	errors   []ui.FieldError
	key      string
	loc      *time.Location
	now      time.Time
	person   account.Actor
}

// openCallPage reads the order with whether a call is to be had. moving is
// the call that an address names, nil on an order's own pages.
func openCallPage(ctx context.Context, r *web.Request) (*callPage, error) {
	p := &callPage{key: r.Key(), now: r.Tx.Now(), person: r.By}
	var err error
	if number := r.PathValue("call"); number != "" {
		c, o, err := peer.Get(ctx, r.Tx, r.By, number)
		if err != nil {
			return p, err
		}
		p.o, p.moving = o, &c
	} else if p.o, err = order.Get(ctx, r.Tx, r.By, r.PathValue("order")); err != nil {
		return p, err
	}
	if p.standing, err = peer.Stand(ctx, r.Tx, r.By, p.o); err != nil {
		return p, err
	}
	p.loc = readerZone(ctx, r, p.o, p.standing.Plan)
	p.draft, err = peer.FindDraft(ctx, r.Tx, r.By, p.o, p.callID())
	return p, err
}

// ready reports whether nothing more need be said before the call is checked.
func (p *callPage) ready(ctx context.Context, r *web.Request) (bool, error) {
	var err error
	p.unsaid, err = peer.Unanswered(ctx, r.Tx, p.o, p.standing, p.draft)
	return p.draft.HasPeople && len(p.unsaid) == 0, err
}

func (p *callPage) callID() peer.ID {
	if p.moving == nil {
		return ""
	}
	return p.moving.ID
}

func (p *callPage) patient() ui.Patient {
	return ui.Patient{Name: p.o.Patient.Name(), Born: ui.BirthDate(p.o.Patient.Born), MemberID: p.o.MemberNumber, Plan: p.standing.Plan.Name + ", " + lineWords(p.o.Line)}
}

func (p *callPage) path(parts string) string { return "/orders/" + p.o.Number + "/p2p" + parts }

func (p *callPage) slotWords(s peer.Slot) string {
	return civil.SpanOn(s.Start, s.End(), p.loc, p.now)
}

func (p *callPage) zoneWords() string {
	return civil.LongZone(p.loc)
}

// held says until when the chosen time is kept, "" once the hold has ended.
func (p *callPage) held() string {
	if p.draft.HeldUntil.After(p.now) {
		return "We're holding this time until " + civil.Clock(p.draft.HeldUntil, p.loc) + "."
	}
	return "The hold on this time has ended, but it may still be free. Go on to book it."
}

// asking reports whether sending the draft asks for a call, rather than books
// one.
func (p *callPage) asking() bool { return p.byHand() || len(p.draft.Windows) > 0 }

func (p *callPage) byHand() bool { return peer.ByHand(p.matters()) }

// ask answers with a page of the flow.
func (p *callPage) ask(title string, a web.Answer) web.Answer {
	a.Title, a.Errors = title+" – Order "+order.Spaced(p.o.Number), p.errors
	a.Help = help(p.standing.Plan, p.standing.Line)
	return a
}

// steps of booking a call.
var callSteps = []ui.Step{{Label: "Choose a time"}, {Label: "Who will be on the call"}, {Label: "Check and confirm"}}

// askCall says whether a call is available; a plain yes goes straight on.
func askCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if p.standing.Result == peer.Available {
		return web.Answer{SeeOther: p.path("/time")}, nil
	}
	return p.ask("Peer-to-peer", web.Answer{Body: standingView(p)}), nil
}

// turnedAway sends who can't book to the page that says why.
func (p *callPage) turnedAway() (web.Answer, bool) {
	if p.moving == nil && !p.standing.Bookable() {
		return web.Answer{SeeOther: p.path("")}, true
	}
	return web.Answer{}, false
}

// timePage is the page of free times, for a new call and for moving one.
type timePage struct {
	*callPage
	offer   peer.Offer
	several several
	chosen  string      // the slot that was chosen, if it was
	near    []peer.Slot // the closest to a time that was lost
	part    string      // "morning", "lunch", "afternoon" or ""
	all     bool        // show every time of every day
	same    bool        // show only times with a reviewer of the same specialty
	match   string      // what is wrong with the statement about the match
	note    noteForm
	told    bool // a note to the schedulers was just sent
	action  string
}

type noteForm struct{ text, phone, textError, phoneError string }

func openTimePage(ctx context.Context, r *web.Request) (*timePage, error) {
	c, err := openCallPage(ctx, r)
	if err != nil {
		return nil, err
	}
	return c.times(ctx, r)
}

// times is the page of free times about what c is about.
func (c *callPage) times(ctx context.Context, r *web.Request) (*timePage, error) {
	p := &timePage{callPage: c, part: r.Query("part"), all: r.Query("all") != "", same: r.Query("match") == "same", told: r.Query("told") != "", action: c.path("/time")}
	if zone, err := civil.Zone(r.FormValue("tz")); err == nil && r.FormValue("tz") != "" {
		p.loc = zone
	}
	if p.moving != nil {
		p.action = "/p2p/" + p.moving.Number + "/reschedule"
	}
	return p, p.offers(ctx, r)
}

// offers finds the free times. It is asked again after a time was lost, so
// that what is shown can be booked.
func (p *timePage) offers(ctx context.Context, r *web.Request) (err error) {
	if p.moving == nil && !p.standing.Bookable() {
		return nil
	}
	p.offer, err = peer.Offers(ctx, r.Tx, r.By, p.o, p.standing, p.moving)
	return err
}

func chooseTime(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	if !p.draft.Slot.Start.IsZero() {
		p.chosen = p.draft.Slot.Key()
	}
	return p.show(ctx, r, nil)
}

// show answers with the page, and with what went wrong, if anything did.
func (p *timePage) show(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	if err := p.openSeveral(ctx, r); err != nil {
		return web.Answer{}, err
	}
	title := "Choose a time"
	if p.moving != nil {
		title = "Choose another time"
	}
	return p.ask(title, web.Answer{Body: timeView(p), Wide: true}), err
}

// holdTime holds the chosen time and goes on.
func holdTime(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	p.chosen = r.Value("slot")
	slot, err := p.read(r.Value("slot"))
	if err == nil {
		err = rememberZone(ctx, r, p)
	}
	if err == nil {
		_, err = peer.Hold(ctx, r.Tx, r.By, p.o, p.standing, nil, slot)
	}
	if err == nil {
		ready, err := p.ready(ctx, r)
		if ready { // only the time changes
			return web.Answer{SeeOther: p.path("/review")}, err
		}
		return web.Answer{SeeOther: p.path("/people")}, err
	}
	return p.lost(ctx, r, slot, err)
}

// rememberZone keeps the zone a person posts with a time, asked once.
func rememberZone(ctx context.Context, r *web.Request, p *timePage) error {
	tz := r.Value("tz")
	if tz == "" || tz == r.By.Zone {
		return nil
	}
	if _, err := civil.Zone(tz); err != nil {
		return fault.Fields{"tz": "Select your time zone"}.Err()
	}
	return account.SetZone(ctx, r.Tx, r.By, tz)
}

func (p *timePage) read(key string) (peer.Slot, error) {
	if key == "" {
		return peer.Slot{}, fault.Fields{"slot": "Select a time"}.Err()
	}
	slot, ok := peer.ParseSlot(key)
	if !ok {
		return slot, fault.Fields{"slot": "Select one of the times on this page"}.Err()
	}
	return slot, nil
}

// lost shows the page again with what is wrong: a missing choice, or a time
// that went to someone else, with the closest that are free and the first of
// them chosen, so that one more press books it.
func (p *timePage) lost(ctx context.Context, r *web.Request, slot peer.Slot, err error) (web.Answer, error) {
	f := fault.Of(err)
	switch f.Kind {
	case fault.Invalid:
		p.errors = slotErrors(err, p.offer)
	case fault.Conflict:
		if err := p.offers(ctx, r); err != nil {
			return web.Answer{}, err
		}
		text := f.Text
		if !p.amiss() { // else no time is to be had before that order is removed
			p.near = p.offer.Nearest(slot, 3)
		}
		if len(p.near) > 0 {
			text += " The closest are " + p.listed(p.near) + "."
			p.chosen = p.near[0].Key()
		}
		p.errors = []ui.FieldError{{Field: p.firstID(), Text: text}}
	default:
		return web.Answer{}, err
	}
	return p.show(ctx, r, err)
}

// slotErrors lead to the first radio, since a group has no field to focus.
func slotErrors(err error, offer peer.Offer) []ui.FieldError {
	errs := web.Errors(err, "tz", "slot")
	for i := range errs {
		if errs[i].Field == "slot" && len(offer.Slots) > 0 {
			errs[i].Field = offer.Slots[0].Key()
		}
	}
	return errs
}

func (p *timePage) firstID() string {
	if p.chosen != "" {
		return p.chosen
	}
	if len(p.offer.Slots) > 0 {
		return p.offer.Slots[0].Key()
	}
	return "main"
}

func (p *timePage) listed(slots []peer.Slot) string {
	text := ""
	for i, s := range slots {
		switch {
		case i > 0 && i == len(slots)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += civil.NearWhen(s.Start, p.loc, p.now)
	}
	return text
}

// bookEarliest holds the first free time and goes on; what is known about
// the speaker is filled in, so that one more press confirms it.
func bookEarliest(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.turnedAway(); yes {
		return away, nil
	}
	first := p.offer.Earliest()
	if first == nil {
		return web.Answer{SeeOther: p.path("/time")}, nil
	}
	if err := rememberZone(ctx, r, p); err != nil {
		return web.Answer{}, err
	}
	if _, err := peer.Hold(ctx, r.Tx, r.By, p.o, p.standing, nil, *first); err != nil {
		return p.lost(ctx, r, *first, err)
	}
	people, known, err := peer.UsualPeople(ctx, r.Tx, r.By, p.o)
	if err != nil {
		return web.Answer{}, err
	}
	if !known {
		return web.Answer{SeeOther: p.path("/people")}, nil
	}
	if _, err := peer.SavePeople(ctx, r.Tx, r.By, p.o, p.standing, people); err != nil {
		return web.Answer{SeeOther: p.path("/people")}, ignoreInvalid(err)
	}
	if _, err := p.ready(ctx, r); err != nil || len(p.unsaid) > 0 {
		return web.Answer{SeeOther: p.path("/people")}, err
	}
	return web.Answer{SeeOther: p.path("/review")}, nil
}

// ignoreInvalid lets a page go on to where a person can mend what is wrong.
func ignoreInvalid(err error) error {
	if fault.Is(err, fault.Invalid) {
		return nil
	}
	return err
}

// tellSchedulers is the way on when no time fits.
func tellSchedulers(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.note = noteForm{text: r.Value("note"), phone: r.Value("note_phone")}
	err = peer.TellSchedulers(ctx, r.Tx, r.By, p.o, p.note.text, p.note.phone)
	if err == nil {
		return web.Answer{SeeOther: p.path("/time") + "?told=yes"}, nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.note.textError, p.note.phoneError = f.Fields["note"], f.Fields["note_phone"]
	p.errors = web.Errors(err, "note", "note_phone")
	return p.show(ctx, r, err)
}

// chooseZone asks once in which zone a person reads times.
func chooseZone(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.ask("Your time zone", web.Answer{Body: zoneView(p, p.loc.String())}), nil
}

// readerZone is the zone that a person said they read times in, until then
// that of the order's location, else of its plan.
func readerZone(ctx context.Context, r *web.Request, o order.Order, p plan.Plan) *time.Location {
	if r.By.Zone == "" && o.LocationID != "" {
		if l, err := provider.GetLocation(ctx, r.Tx, o.LocationID); err == nil && l.TimeZone != "" {
			return r.Zone(l.TimeZone)
		}
	}
	return r.Zone(p.TimeZone)
}

func saveZone(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	tz := r.Value("tz")
	if _, ok := civil.ChoiceFor(tz); !ok {
		err := fault.Fields{"tz": "Select your time zone"}.Err()
		p.errors = web.Errors(err)
		return p.ask("Your time zone", web.Answer{Body: zoneView(p, p.loc.String())}), err
	}
	return web.Answer{SeeOther: p.path("/time")}, account.SetZone(ctx, r.Tx, r.By, tz)
}
