package notify

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// CallMissed tells the office that we did not call, and that this is not
// theirs to answer for, and has the schedulers see to it first.
func (d *Desk) CallMissed(ctx context.Context, tx *db.Tx, e peer.WasMissed) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: words.Say("We missed your peer-to-peer call (%s)", a.which()),
		Lines:   []words.Text{words.Say("We missed this call: %s. This isn't your office's fault. We're sorry. Reference %s.", a.when(a.call.Zone, tx.Now()), a.call.Reference())},
	}
	if err := d.offerAnother(ctx, tx, a, &l); err != nil {
		return err
	}
	if err := d.office(ctx, tx, a, "missed", l, ""); err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: a.key("missed-list", a.program.Distribution), To: mail.Address{Name: a.program.Name, Email: a.program.Distribution},
		Subject: words.Say("Priority: we missed a peer-to-peer call (%s)", a.which()),
		Lines:   []words.Text{words.Say("No attempt was made for the call on %s. It stands first on the board until it is booked again or followed up. Reference %s.", a.when(a.reviewer.TimeZone, tx.Now()), a.call.Reference())},
		Link:    "/board", LinkText: "Open the board", ObjectID: string(a.call.ID),
	})
}

// CallNotReached tells the office that we called in vain, and how to choose
// another time, where the plan allows one.
func (d *Desk) CallNotReached(ctx context.Context, tx *db.Tx, e peer.NotReached) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	dials, err := peer.Dials(ctx, tx, a.call)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: words.Say("We couldn't reach you for your peer-to-peer call (%s)", a.which()),
		Lines:   []words.Text{inVain(len(dials), a.when(a.call.Zone, tx.Now()), a.call.Reference())},
	}
	if err := d.offerAnother(ctx, tx, a, &l); err != nil {
		return err
	}
	return d.office(ctx, tx, a, "not-reached", l, "")
}

// offerAnother ends a letter with the way to another call, if one about the
// same order can be booked.
func (d *Desk) offerAnother(ctx context.Context, tx *db.Tx, a about, l *Letter) error {
	o, err := order.OfEvent(ctx, tx, a.call.OrderID)
	if err != nil {
		return err
	}
	st, err := peer.Stand(ctx, tx, account.Program(), o)
	if err != nil || !st.Bookable() {
		return err
	}
	l.Lines = append(l.Lines, "You can choose another time.")
	l.Link, l.LinkText = "/p2p/"+a.call.Number+"/again", "Choose another time"
	return nil
}

func inVain(times int, when words.Text, reference string) words.Text {
	switch times {
	case 1:
		return words.Say("We called once and couldn't reach you: %s. Reference %s.", when, reference)
	case 2:
		return words.Say("We called twice and couldn't reach you: %s. Reference %s.", when, reference)
	}
	return words.Say("We called %s times and couldn't reach you: %s. Reference %s.", times, when, reference)
}

// CallOutcome tells the office that the result of a call is there to read.
// What it is stands behind sign-in.
func (d *Desk) CallOutcome(ctx context.Context, tx *db.Tx, e peer.OutcomeSaid) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: words.Say("The result of your peer-to-peer call (%s)", a.which()),
		Lines:   []words.Text{words.Say("The result of your call on %s is there to read. Reference %s.", a.when(a.call.Zone, tx.Now()), a.call.Reference())},
		Link:    "/p2p/" + a.call.Number, LinkText: "Read the result",
	}
	return d.office(ctx, tx, a, "outcome", l, "")
}

// CallLate tells the reviewer that the office is late.
func (d *Desk) CallLate(ctx context.Context, tx *db.Tx, e peer.RunningLate) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: words.Say("Running late: %s", a.subject(a.reviewer.TimeZone, tx.Now())),
		Lines:   []words.Text{words.Say("The office is running %s minutes late for your call: %s. Reference %s.", e.Minutes, a.when(a.reviewer.TimeZone, tx.Now()), a.call.Reference())},
	}
	return d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, "late", l, "")
}

// CallPhoneChanged tells the reviewer that there is another number to call.
// The number stands behind sign-in.
func (d *Desk) CallPhoneChanged(ctx context.Context, tx *db.Tx, e peer.PhoneChanged) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: words.Say("New number: %s", a.subject(a.reviewer.TimeZone, tx.Now())),
		Lines:   []words.Text{words.Say("The office changed how to reach the speaker of your call: %s. Sign in to see the number. Reference %s.", a.when(a.reviewer.TimeZone, tx.Now()), a.call.Reference())},
	}
	return d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, "phone", l, "")
}
