package notify

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
)

// CallMissed tells the office that we did not call, and that this is not
// theirs to answer for, and has the schedulers see to it first.
func (d *Desk) CallMissed(ctx context.Context, tx *db.Tx, e peer.WasMissed) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: "We missed your peer-to-peer call (" + a.which() + ")",
		Lines:   []string{"We missed this call: " + a.when(a.call.Zone, tx.Now()) + ". This isn't your office's fault. We're sorry. Reference " + a.call.Reference() + "."},
	}
	if err := d.offerAnother(ctx, tx, a, &l); err != nil {
		return err
	}
	if err := d.office(ctx, tx, a, "missed", l, ""); err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: a.key("missed-list", a.program.Distribution), To: mail.Address{Name: a.program.Name, Email: a.program.Distribution},
		Subject: "Priority: we missed a peer-to-peer call (" + a.which() + ")",
		Lines:   []string{"No attempt was made for the call on " + a.when(a.reviewer.TimeZone, tx.Now()) + ". It stands first on the board until it is booked again or followed up. Reference " + a.call.Reference() + "."},
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
		Subject: "We couldn't reach you for your peer-to-peer call (" + a.which() + ")",
		Lines:   []string{"We called " + times(len(dials)) + " and couldn't reach you: " + a.when(a.call.Zone, tx.Now()) + ". Reference " + a.call.Reference() + "."},
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

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// CallOutcome tells the office that the result of a call is there to read.
// What it is stands behind sign-in.
func (d *Desk) CallOutcome(ctx context.Context, tx *db.Tx, e peer.OutcomeSaid) error {
	a, err := d.load(ctx, tx, e.Notice)
	if err != nil {
		return err
	}
	l := Letter{
		Subject: "The result of your peer-to-peer call (" + a.which() + ")",
		Lines:   []string{"The result of your call on " + a.when(a.call.Zone, tx.Now()) + " is there to read. Reference " + a.call.Reference() + "."},
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
		Subject: "Running late: " + a.subject(a.reviewer.TimeZone, tx.Now()),
		Lines:   []string{"The office is running " + strconv.Itoa(e.Minutes) + " minutes late for your call: " + a.when(a.reviewer.TimeZone, tx.Now()) + ". Reference " + a.call.Reference() + "."},
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
		Subject: "New number: " + a.subject(a.reviewer.TimeZone, tx.Now()),
		Lines:   []string{"The office changed how to reach the speaker of your call: " + a.when(a.reviewer.TimeZone, tx.Now()) + ". Sign in to see the number. Reference " + a.call.Reference() + "."},
	}
	return d.toReviewer(ctx, tx, a, a.reviewer, a.call.UIDReviewer, "phone", l, "")
}
