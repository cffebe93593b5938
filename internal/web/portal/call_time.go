package portal

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// timePage is the page of free times, for a new call and for moving one.
type timePage struct {
	*callPage
	offer   peer.Offer
	several several
	usual   *peer.Usual // of the ordering physician, nil for none
	chosen  string      // the slot that was chosen, if it was
	near    []peer.Slot // the closest to a time that was lost
	part    string      // one of dayParts, usualPart or ""
	all     bool        // show every time of every day
	same    bool        // show only times with a reviewer of the same specialty
	match   words.Text  // what is wrong with the statement about the match
	note    noteForm
	told    bool // a note to the schedulers was just sent
	action  string
}

type noteForm struct {
	text, phone           string
	textError, phoneError words.Text
}

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
	var err error
	if p.usual, err = peer.UsualOf(ctx, r.Tx, p.o); err != nil {
		return nil, err
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
	title := words.Text("Choose a time")
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
			text += " " + words.Say("The closest are %s.", p.listed(p.near))
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

func (p *timePage) listed(slots []peer.Slot) words.Text {
	var text words.Text
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
