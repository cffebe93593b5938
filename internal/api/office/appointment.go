package office

import (
	"cmp"
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
)

// fields are the parameters that operations take, with what the same thing is
// called in the pages' forms, where faults name it.
var fields = map[string]string{
	"slot": "slot", "speaker": "speaker", "given": "first_name", "family": "last_name", "credential": "credential",
	"phone": "phone", "extension": "extension", "backup-phone": "backup_phone", "backup-extension": "backup_extension",
	"email": "email", "instructions": "instructions", "reason": "reason", "note": "note",
}

// wanted is the time that an operation is about, with its order.
func (r *request) wanted(ctx context.Context) (a asked, s peer.Slot, err error) {
	if r.in["slot"] == "" {
		return a, s, fault.Fields{"slot": "Name a slot"}.Err()
	}
	number, s, err := readSlotID(lastPart(r.in["slot"], "/"))
	if err != nil {
		return a, s, err
	}
	a, err = r.about(ctx, number)
	return a, s, err
}

// hold keeps a time free for some minutes, and moves the hold that there is
// about the same order. Sent again it does the same again.
func hold(ctx context.Context, r *request) (answer, error) {
	a, s, err := r.wanted(ctx)
	if err != nil {
		return answer{}, err
	}
	d, err := r.hold(ctx, a, s)
	if err != nil {
		return r.nearest(ctx, a, s, err)
	}
	return answer{200, Appointment{
		ResourceType: "Appointment", Status: "proposed", ServiceType: serviceType, Start: instant(d.Slot.Start, a.loc), End: instant(d.Slot.End(), a.loc),
		MinutesDuration: d.Slot.Minutes, Slot: []Reference{{Reference: "Slot/" + slotID(a.order, d.Slot)}}, BasedOn: r.basedOn(a.order.Number),
		Extension:   []Extension{{URL: r.base + "/StructureDefinition/held-until", ValueInstant: instant(d.HeldUntil, a.loc)}},
		Participant: participants("the office", "needs-action"),
	}}, nil
}

// hold leaves the transaction as it was if the time can't be had, so that it
// can be asked what can.
func (r *request) hold(ctx context.Context, a asked, s peer.Slot) (d peer.Draft, err error) {
	err = r.tx.Try(ctx, func() error {
		d, err = peer.Hold(ctx, r.tx, r.by, a.order, a.st, nil, s)
		return err
	})
	return d, err
}

// nearest is a conflict with the closest times that are free, each as an issue
// that names its slot.
func (r *request) nearest(ctx context.Context, a asked, s peer.Slot, err error) (answer, error) {
	if !fault.Is(err, fault.Conflict) || !a.st.Bookable() {
		return answer{}, err
	}
	offer, offerErr := r.offer(ctx, a)
	if offerErr != nil {
		return answer{}, offerErr
	}
	o := outcome("conflict", fault.Of(err).Text.String())
	for _, n := range offer.Nearest(s, 3) {
		o.Issue = append(o.Issue, Issue{Severity: "information", Code: "informational",
			Details: &Concept{Text: "Free: " + civil.SpanOn(n.Start, n.End(), a.loc, r.tx.Now()).String()}, Diagnostics: "Slot/" + slotID(a.order, n)})
	}
	return answer{0, o}, err
}

// book books a call once for each key, in one step with the hold. Sent again
// with the same key and content it answers the call that was booked.
func book(ctx context.Context, r *request) (answer, error) {
	key := r.Header.Get(oncePerKey)
	if key == "" || len(key) > 64 {
		return answer{}, fault.New(fault.Invalid, "Send a header %s of up to 64 characters, another one for each call.", oncePerKey)
	}
	key = "fhir:" + key
	first, before, err := account.ClaimKey(ctx, r.tx, r.by, key, r.hash)
	if fault.Is(err, fault.Invalid) {
		return answer{}, fault.New(fault.Invalid, "This key was sent before with other content, and that counts.")
	}
	if err != nil {
		return answer{}, err
	}
	if !first {
		c, o, err := peer.Get(ctx, r.tx, r.by, before)
		return answer{200, r.appointment(c, o.Number)}, err
	}
	a, s, err := r.wanted(ctx)
	if err != nil {
		return answer{}, err
	}
	if _, err := r.hold(ctx, a, s); err != nil {
		return r.nearest(ctx, a, s, err)
	}
	people, err := r.people(ctx, a.order)
	if err != nil {
		return answer{}, err
	}
	if _, err := peer.SavePeople(ctx, r.tx, r.by, a.order, a.st, people); err != nil {
		return answer{}, err
	}
	c, err := peer.Book(ctx, r.tx, r.by, a.order, a.st, a.loc)
	if err != nil {
		return answer{}, err
	}
	return answer{201, r.appointment(c, a.order.Number)}, account.SettleKey(ctx, r.tx, r.by, key, c.Number)
}

// people are who speaks: as sent, and for what was not sent as the last time
// for the same physician.
func (r *request) people(ctx context.Context, o order.Order) (peer.People, error) {
	usual, _, err := peer.UsualPeople(ctx, r.tx, r.by, o)
	if err != nil {
		return usual, err
	}
	p := usual
	if r.in["given"] != "" || r.in["family"] != "" { // somebody else, of whom nothing is known
		p = peer.People{Speaker: "other", First: r.in["given"], Last: r.in["family"]}
	}
	p.Speaker = cmp.Or(r.in["speaker"], p.Speaker)
	p.Credential = cmp.Or(r.in["credential"], p.Credential)
	p.Email = cmp.Or(r.in["email"], p.Email)
	p.Instructions = cmp.Or(r.in["instructions"], p.Instructions)
	if r.in["phone"] != "" {
		p.Phone, p.Extension = r.in["phone"], r.in["extension"]
		p.BackupPhone, p.BackupExtension = r.in["backup-phone"], r.in["backup-extension"]
	}
	return p, nil
}

func readAppointment(ctx context.Context, r *request) (answer, error) {
	c, o, err := peer.Get(ctx, r.tx, r.by, r.PathValue("call"))
	if err != nil {
		return answer{}, err
	}
	return answer{200, r.appointment(c, o.Number)}, order.ForSystem(ctx, r.tx, r.by, o)
}

// findAppointments lists the calls about orders that the key's person may see,
// of a status or of all.
func findAppointments(ctx context.Context, r *request) (answer, error) {
	q := r.URL.Query()
	if err := only(q, "status"); err != nil {
		return answer{}, err
	}
	wanted := q.Get("status")
	var found []Entry
	for _, list := range []string{"requested", "upcoming", "past"} {
		calls, err := peer.List(ctx, r.tx, r.by, list)
		if err != nil {
			return answer{}, err
		}
		ids := make([]order.ID, len(calls))
		for i, c := range calls {
			ids[i] = c.OrderID
		}
		shut, err := order.ShutToSystems(ctx, r.tx, r.by, ids)
		if err != nil {
			return answer{}, err
		}
		for _, c := range calls {
			if shut[c.OrderID] {
				continue
			}
			if one := r.appointment(c.Call, c.OrderNumber); wanted == "" || one.Status == wanted {
				found = append(found, r.entry("Appointment/"+one.ID, one))
			}
		}
	}
	return r.searchset(found), nil
}

// cancel ends a call. One that is canceled already stays so.
func cancel(ctx context.Context, r *request) (answer, error) {
	c, o, err := peer.Get(ctx, r.tx, r.by, r.PathValue("call"))
	if err != nil {
		return answer{}, err
	}
	if err := order.ForSystem(ctx, r.tx, r.by, o); err != nil {
		return answer{}, err
	}
	c, err = peer.Cancel(ctx, r.tx, r.by, c, o, r.in["reason"], r.in["note"])
	return answer{200, r.appointment(c, o.Number)}, err
}

// statuses of calls as FHIR has them. A call without a time is proposed, since
// any other needs one (invariant app-3).
var statuses = map[peer.Status]string{
	peer.Requested: "pending", peer.Scheduled: "booked", peer.Confirmed: "booked", peer.InCall: "arrived", peer.Completed: "fulfilled",
	peer.Cancelled: "cancelled", peer.Expired: "cancelled", peer.NoShow: "noshow", peer.Missed: "noshow",
}

// appointment is a call without its patient, whom the order has.
func (r *request) appointment(c peer.Call, orderNumber string) Appointment {
	loc, err := civil.Zone(c.Zone)
	if err != nil {
		loc = time.UTC
	}
	a := Appointment{
		ResourceType: "Appointment", ID: c.Number, Identifier: []Identifier{{r.base + "/NamingSystem/call", c.Number}}, Status: statuses[c.Status],
		ServiceType: serviceType, Description: c.Status.Words(), Created: instant(c.CreatedAt, loc), BasedOn: r.basedOn(orderNumber),
		Participant: participants(c.People.SpeakerName(), "accepted"),
	}
	if c.Status == peer.Cancelled {
		a.CancelationReason = &Concept{Text: peer.ReasonWords(c.CancelReason)}
	}
	switch {
	case !c.StartsAt.IsZero():
		a.Start, a.End, a.MinutesDuration = instant(c.StartsAt, loc), instant(c.EndsAt, loc), c.Minutes()
	case a.Status == "pending":
		a.Status = "proposed"
	}
	return a
}

func (r *request) basedOn(number string) []Reference {
	n := r.orderNumber(number)
	return []Reference{{Identifier: &n}}
}

// participants are the two sides. The reviewer isn't named: offices don't read
// the name on the pages either.
func participants(speaker, status string) []Participant {
	return []Participant{{Reference{Display: speaker}, status}, {Reference{Display: "Physician reviewer"}, status}}
}
