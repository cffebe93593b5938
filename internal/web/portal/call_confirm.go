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

func reviewCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.unready(ctx, r); yes {
		return away, nil
	}
	return p.ask(p.confirmTitle(), web.Answer{Body: confirmView(p)}), nil
}

func (p *callPage) confirmTitle() words.Text {
	if p.asking() {
		return "Check and send your request"
	}
	return "Check and confirm"
}

// unready sends people back to what they have not said yet.
func (p *callPage) unready(ctx context.Context, r *web.Request) (web.Answer, bool) {
	switch {
	case p.standing.Result == peer.AlreadyBooked:
		return web.Answer{SeeOther: "/p2p/" + p.standing.Call.Number}, true
	case !p.standing.Bookable():
		return web.Answer{SeeOther: p.path("")}, true
	case p.draft.Slot.Start.IsZero() && len(p.draft.Windows) == 0, p.amiss():
		return web.Answer{SeeOther: p.path("/time")}, true
	}
	if ready, err := p.ready(ctx, r); err != nil || !ready { // what failed here says so there
		return web.Answer{SeeOther: p.path("/people")}, true
	}
	return web.Answer{}, false
}

func confirmCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if away, yes := p.unready(ctx, r); yes {
		return away, nil
	}
	var c peer.Call
	// What a failed booking wrote is undone at once, since the page that follows
	// asks again which times are free.
	err = r.Tx.Try(ctx, func() (err error) {
		c, err = peer.Book(ctx, r.Tx, r.By, p.o, p.standing, p.loc)
		return err
	})
	if err == nil {
		return web.Answer{SeeOther: "/p2p/" + c.Number + "/confirmed"}, nil
	}
	if !fault.Is(err, fault.Conflict) {
		return web.Answer{}, err
	}
	return p.takenAway(ctx, r, err)
}

// takenAway shows the free times again after the held one was lost; who will
// speak is kept in the draft. It goes by what was so before the attempt, of
// which the transaction still holds the traces.
func (p *callPage) takenAway(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	calls, pageErr := peer.Of(ctx, r.Tx, p.o)
	if pageErr != nil {
		return web.Answer{}, pageErr
	}
	before := func(c peer.Call) bool { return c.Status.Live() && !c.CreatedAt.Equal(r.Tx.Now()) }
	if slices.ContainsFunc(calls, before) { // a colleague booked one about the same order
		return web.Answer{}, err
	}
	if p.draft, pageErr = peer.FindDraft(ctx, r.Tx, r.By, p.o, ""); pageErr != nil { // one of the others may be booked by now
		return web.Answer{}, pageErr
	}
	t, pageErr := p.times(ctx, r)
	if pageErr != nil {
		return web.Answer{}, pageErr
	}
	return t.lost(ctx, r, p.draft.Slot, err)
}

func (p *callPage) summary() []ui.SummaryRow {
	d := p.draft
	rows := []ui.SummaryRow{
		p.timeRow(),
		{Key: "Order", Value: words.Say("%s, %s", order.Spaced(p.o.Number), p.o.Title)},
		{Key: "What the call can do", Value: standingWords(p.standing, p.loc, p.now)},
	}
	if n := len(d.Others) + 1; n > 1 {
		rows = []ui.SummaryRow{p.timeRow(), {Key: words.Say("Orders (%s)", strconv.Itoa(n)), Content: mattersList(p), ChangeHref: p.path("/time") + "#others", ChangeWhat: "orders"}}
	}
	rows = append(rows, []ui.SummaryRow{
		{Key: "Who will speak", Value: words.AsIs(d.People.SpeakerName()), ChangeHref: p.path("/people"), ChangeWhat: "who will speak"},
		{Key: "We call", Value: withExtension(d.People.Phone, d.People.Extension), ChangeHref: p.path("/people") + "#phone", ChangeWhat: "phone number"},
	}...)
	if d.People.BackupPhone != "" {
		rows = append(rows, ui.SummaryRow{Key: "Backup number", Value: withExtension(d.People.BackupPhone, d.People.BackupExtension), ChangeHref: p.path("/people") + "#backup_phone", ChangeWhat: "backup number"})
	}
	if d.People.Instructions != "" {
		rows = append(rows, ui.SummaryRow{Key: "What to say or press", Value: words.AsIs(d.People.Instructions), ChangeHref: p.path("/people") + "#instructions", ChangeWhat: "instructions"})
	}
	if d.Slot.Tier == peer.TierTrained {
		rows = append(rows, ui.SummaryRow{Key: "Reviewer’s specialty", Value: map[bool]words.Text{true: "Different from the one this order needs", false: "Different from the one that one of the orders needs"}[len(d.Others) == 0]})
	}
	if d.Language != "" {
		rows = append(rows, ui.SummaryRow{Key: "Language of the call", Value: words.AsIs(d.Language), ChangeHref: p.path("/time"), ChangeWhat: "language"})
	}
	rows = append(rows, statementRows(d.Statements, "You state")...)
	arranger := words.Say("%s, %s", p.person.Name, p.person.Email)
	if d.People.ContactLast != "" {
		arranger = words.Say("%s %s; mail goes to %s", d.People.ContactFirst, d.People.ContactLast, p.person.Email)
	}
	rows = append(rows, ui.SummaryRow{Key: "Who arranges it", Value: arranger})
	if d.People.Email != "" {
		rows = append(rows, ui.SummaryRow{Key: "Invitation also goes to", Value: words.AsIs(d.People.Email), ChangeHref: p.path("/people") + "#email", ChangeWhat: "email address"})
	}
	return rows
}

func (p *callPage) timeRow() ui.SummaryRow {
	if len(p.draft.Windows) > 0 {
		return ui.SummaryRow{Key: "When you can talk", Value: windowsWords(p.draft.Windows, p.loc, p.now), ChangeHref: p.path("/windows"), ChangeWhat: "when you can talk"}
	}
	return ui.SummaryRow{Key: "Time", Value: p.slotWords(p.draft.Slot), ChangeHref: p.path("/time"), ChangeWhat: "time"}
}

func withExtension(phone, extension string) words.Text {
	if extension == "" {
		return words.AsIs(phone)
	}
	return words.Say("%s ext. %s", phone, extension)
}
