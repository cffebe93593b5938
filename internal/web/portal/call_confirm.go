package portal

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
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

func (p *callPage) confirmTitle() string {
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
		{Key: "Order", Value: order.Spaced(p.o.Number) + ", " + p.o.Title},
		{Key: "What the call can do", Value: standingWords(p.standing, p.loc, p.now)},
	}
	if n := len(d.Others) + 1; n > 1 {
		rows = []ui.SummaryRow{p.timeRow(), {Key: "Orders (" + strconv.Itoa(n) + ")", Content: mattersList(p), ChangeHref: p.path("/time") + "#others", ChangeWhat: "orders"}}
	}
	rows = append(rows, []ui.SummaryRow{
		{Key: "Who will speak", Value: d.People.SpeakerName(), ChangeHref: p.path("/people"), ChangeWhat: "who will speak"},
		{Key: "We call", Value: withExtension(d.People.Phone, d.People.Extension), ChangeHref: p.path("/people") + "#phone", ChangeWhat: "phone number"},
	}...)
	if d.People.BackupPhone != "" {
		rows = append(rows, ui.SummaryRow{Key: "Backup number", Value: withExtension(d.People.BackupPhone, d.People.BackupExtension), ChangeHref: p.path("/people") + "#backup_phone", ChangeWhat: "backup number"})
	}
	if d.People.Instructions != "" {
		rows = append(rows, ui.SummaryRow{Key: "What to say or press", Value: d.People.Instructions, ChangeHref: p.path("/people") + "#instructions", ChangeWhat: "instructions"})
	}
	if d.Slot.Tier == peer.TierTrained {
		rows = append(rows, ui.SummaryRow{Key: "Reviewer’s specialty", Value: map[bool]string{true: "Different from the one this order needs", false: "Different from the one that one of the orders needs"}[len(d.Others) == 0]})
	}
	if d.Language != "" {
		rows = append(rows, ui.SummaryRow{Key: "Language of the call", Value: d.Language, ChangeHref: p.path("/time"), ChangeWhat: "language"})
	}
	rows = append(rows, statementRows(d.Statements, "You state")...)
	arranger := p.person.Name + ", " + p.person.Email
	if d.People.ContactLast != "" {
		arranger = d.People.ContactFirst + " " + d.People.ContactLast + "; mail goes to " + p.person.Email
	}
	rows = append(rows, ui.SummaryRow{Key: "Who arranges it", Value: arranger})
	if d.People.Email != "" {
		rows = append(rows, ui.SummaryRow{Key: "Invitation also goes to", Value: d.People.Email, ChangeHref: p.path("/people") + "#email", ChangeWhat: "email address"})
	}
	return rows
}

func (p *callPage) timeRow() ui.SummaryRow {
	if len(p.draft.Windows) > 0 {
		return ui.SummaryRow{Key: "When you can talk", Value: windowsWords(p.draft.Windows, p.loc, p.now), ChangeHref: p.path("/windows"), ChangeWhat: "when you can talk"}
	}
	return ui.SummaryRow{Key: "Time", Value: p.slotWords(p.draft.Slot), ChangeHref: p.path("/time"), ChangeWhat: "time"}
}

func withExtension(phone, extension string) string {
	if extension == "" {
		return phone
	}
	return phone + " ext. " + extension
}

// oneCall is a call's own page.
type oneCall struct {
	*callPage
	c          peer.Call
	events     []peer.Event
	dials      []peer.Dial
	day        peer.Day
	subjects   []peer.Subject // its orders that the reader may see
	hidden     int            // orders that the reader may not
	people     peer.People    // as typed on the page that changes the number
	late       int            // minutes, as chosen
	mayBeLate  bool
	mayPhone   bool
	mine       bool // the reader is the reviewer who has it
	mayChange  bool
	mayBook    bool // another one, after this ended
	mayConfirm bool
	alert      *peer.Alert // the wish for an earlier time, nil for none
	mayWant    bool
	windows    []peer.Span // when the office could talk, while there is no time
	undo       *peer.Undo  // what the reader can still put back, nil for nothing
	staff      bool
	reviewer   string // shown to staff only
	matching   peer.Matching
	hasMatch   bool
	mayAsk     bool // why this time and not another
	said       []peer.Statement
	reason     string
	note       string
	faults     map[string]string
}

func openCall(ctx context.Context, r *web.Request) (*oneCall, error) {
	p, err := openCallPage(ctx, r)
	if err != nil {
		return nil, err
	}
	one := &oneCall{callPage: p, c: *p.moving, faults: map[string]string{}}
	if r.By.Zone == "" {
		if loc, err := civil.Zone(one.c.Zone); err == nil {
			p.loc = loc
		}
	}
	one.mayChange = r.By.Can(account.BookCalls) && one.c.Status.Live() && one.c.Status != peer.InCall
	one.mayBook = r.By.Can(account.BookCalls) && p.standing.Bookable()
	one.mayConfirm = one.c.Status == peer.Requested && !one.c.StartsAt.IsZero() && (r.By.Can(account.ConfirmCalls) || r.By.ID == one.c.ReviewerID)
	if one.staff = r.By.IsStaff(); one.staff {
		if one.reviewer, err = peer.ReviewerName(ctx, r.Tx, one.c); err != nil {
			return nil, err
		}
	}
	one.matching, one.hasMatch = one.c.Match()
	one.mayAsk = r.By.Can(account.ConfirmCalls) || r.By.Can(account.HoldCalls) && r.By.ID == one.c.ReviewerID
	if one.said, err = peer.Statements(ctx, r.Tx, one.c); err != nil {
		return nil, err
	}
	if one.c.StartsAt.IsZero() {
		if one.windows, err = peer.WindowsOf(ctx, r.Tx, one.c); err != nil {
			return nil, err
		}
	}
	if one.mayChange {
		if one.alert, err = peer.AlertOf(ctx, r.Tx, one.c); err != nil {
			return nil, err
		}
		one.mayWant = !one.staff && peer.MayWantEarlier(one.c, p.now)
	}
	if one.undo, err = peer.Undoable(ctx, r.Tx, r.By, one.c); err != nil {
		return nil, err
	}
	if one.events, err = peer.Events(ctx, r.Tx, one.c); err != nil {
		return nil, err
	}
	return one, one.openDay(ctx, r)
}

func showCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.ask("Peer-to-peer call", web.Answer{Body: callView(p), Crumbs: p.crumbs()}), nil
}

func (p *oneCall) crumbs() []ui.Link {
	return []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: "Order " + order.Spaced(p.o.Number), Href: "/orders/" + p.o.Number}, {Text: "Call " + p.c.Reference()}}
}

func confirmedCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.c.Status.Live() {
		return web.Answer{SeeOther: "/p2p/" + p.c.Number}, nil
	}
	return p.ask("Peer-to-peer call", web.Answer{Body: confirmedView(p)}), nil
}

func (p *Pages) invite(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, _, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return web.Answer{}, err
	}
	if c.StartsAt.IsZero() || c.Status == peer.Requested {
		return web.Answer{}, fault.New(fault.NotFound, "There is no calendar file until the call is confirmed.")
	}
	body, err := p.Desk.Invite(ctx, r.Tx, c)
	return web.Answer{File: &web.File{Name: "peer-to-peer.ics", Type: "text/calendar; charset=utf-8", Body: body}}, err
}

func (p *oneCall) rows() []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: "Reference", Value: p.c.Reference()},
		{Key: "Order", Content: orderLink(p.o)},
		{Key: "What the call can do", Value: p.effectOf(p.c.Effect, p.c.ValidUntil)},
		{Key: "Who will speak", Value: p.c.People.SpeakerName()},
		p.changeable(ui.SummaryRow{Key: "We call", Value: withExtension(p.c.People.Phone, p.c.People.Extension), ChangeWhat: "phone number"}),
		{Key: "Backup number", Value: withExtension(p.c.People.BackupPhone, p.c.People.BackupExtension)},
		{Key: "What to say or press", Value: p.c.People.Instructions},
		{Key: "Arranged by", Value: p.c.ArrangerName},
	}
	if p.severalOrders() { // they stand above, each with what the call can do for it
		rows = slices.DeleteFunc(rows, func(r ui.SummaryRow) bool { return r.Key == "Order" || r.Key == "What the call can do" })
	}
	if p.c.Language != "" {
		rows = append(rows, ui.SummaryRow{Key: "Language of the call", Value: p.c.Language})
	}
	for _, s := range p.said {
		text := s.Words
		if !s.Day.IsZero() {
			text += ", " + civil.MediumDate(s.Day)
		}
		text += ". Stated by " + s.PersonName + ", " + civil.When(s.At, p.loc, p.now)
		if s.Citation != "" {
			text += " (" + s.Citation + ")"
		}
		rows = append(rows, ui.SummaryRow{Key: "Call note", Value: text})
	}
	if len(p.windows) > 0 {
		rows = slices.Insert(rows, 2, ui.SummaryRow{Key: "When you can talk", Value: windowsWords(p.windows, p.loc, p.now)})
	}
	if p.reviewer != "" {
		rows = append(rows, ui.SummaryRow{Key: "Reviewer", Value: p.reviewer})
	}
	if p.reviewer != "" && !p.hasMatch {
		rows = append(rows, ui.SummaryRow{Key: "Why this reviewer", Value: p.c.Trace})
	}
	return rows
}

// changeable gives a row about the phone a link to change it, while it can be.
func (p *oneCall) changeable(row ui.SummaryRow) ui.SummaryRow {
	if p.mayPhone {
		row.ChangeHref = p.callPath("/phone")
	}
	return row
}

// effectOf says what the call can do for one order.
func (p *oneCall) effectOf(e peer.Effect, until *time.Time) string {
	if e == peer.Discussion {
		return "Discussion only: the call can't change the decision."
	}
	if until == nil {
		return "It can change the decision."
	}
	return "It can change the decision, until " + civil.Deadline(*until, p.loc, p.now) + "."
}

// statusLine says to its reader where the call stands.
func (p *oneCall) statusLine() string {
	switch {
	case p.needsOutcome() && p.staff:
		return "The call was made. The reviewer has yet to say what came of it."
	case p.needsOutcome():
		return "We called. The result isn't here yet. We'll write to you when it is."
	case p.staff:
		return staffWords(p.c)
	}
	heading, next := statusWords(p.c)
	if p.c.Status == peer.Requested && p.c.StartsAt.IsZero() {
		next = p.answerWords()
	}
	return strings.TrimSpace(heading + " " + next)
}

func (p *oneCall) when() string { return callTime(p.c, p.loc, p.now) }

func (p *oneCall) countdown() string {
	if !p.c.Status.Live() || !p.c.StartsAt.After(p.now) {
		return ""
	}
	return "in " + civil.Left(p.c.StartsAt.Sub(p.now))
}

func (p *oneCall) callPath(parts string) string { return "/p2p/" + p.c.Number + parts }

func (p *oneCall) moments() []ui.Moment {
	var all []ui.Moment
	for _, e := range p.events {
		if e.Internal() && !p.staff {
			continue
		}
		who := e.ActorName
		if !p.staff && e.ActorID == p.c.ReviewerID {
			who = "Physician reviewer" // whose name is for staff
		}
		all = append(all, ui.Moment{Title: e.Text, Who: who, At: e.At, When: civil.When(e.At, p.loc, p.now)})
	}
	return all
}

func askReschedule(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.moving.Status.Live() {
		return web.Answer{SeeOther: "/p2p/" + p.moving.Number}, nil
	}
	return p.show(ctx, r, nil)
}

func reschedule(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openTimePage(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.chosen = r.Value("slot")
	slot, err := p.read(r.Value("slot"))
	if err == nil {
		err = rememberZone(ctx, r, p)
	}
	if err == nil {
		_, err = peer.Reschedule(ctx, r.Tx, r.By, *p.moving, p.o, p.standing, slot, p.loc)
	}
	if err == nil {
		return web.Answer{SeeOther: "/p2p/" + p.moving.Number + "/confirmed"}, nil
	}
	return p.lost(ctx, r, slot, err)
}

func askCancel(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.mayChange {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	return p.ask("Cancel the call", web.Answer{Body: cancelView(p)}), nil
}

func cancelCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.reason, p.note = r.Value("reason"), r.Value("note")
	if _, err = peer.Cancel(ctx, r.Tx, r.By, p.c, p.o, p.reason, p.note); err == nil {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	f := fault.Of(err)
	if f.Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = f.Fields, web.Errors(err, "reason", "note")
	return p.ask("Cancel the call", web.Answer{Body: cancelView(p)}), err
}

// undoCall puts back what was just moved or canceled. One that comes too late
// says so on the call's own page.
func undoCall(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openCall(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if _, err = peer.PutBack(ctx, r.Tx, r.By, p.c, p.o); err == nil {
		return web.Answer{SeeOther: p.callPath("")}, nil
	}
	if !fault.Is(err, fault.Conflict) {
		return web.Answer{}, err
	}
	p.errors = web.Errors(err)
	return p.ask("Peer-to-peer call", web.Answer{Body: callView(p), Crumbs: p.crumbs()}), err
}

// answerWords say by when the office hears about times it gave.
func (p *oneCall) answerWords() string {
	words := "We'll write to " + p.c.ArrangerEmail + " as soon as one of your times is booked."
	if p.c.AnswerBy != nil {
		words = "We'll confirm one of your times by " + civil.When(*p.c.AnswerBy, p.loc, p.now) + ". If we can't, we'll call " + withExtension(p.c.People.Phone, p.c.People.Extension) + "."
	}
	return words
}

// putBackWords say what undoing would bring back.
func (p *oneCall) putBackWords() string {
	return "For 1 minute you can put the call back to " + callTime(p.undo.Before, p.loc, p.now) + ". Until then nobody is told of the change."
}

func (p *oneCall) reasons() ui.Group {
	g := ui.Group{Name: "reason", Legend: "Why are you canceling?", Error: p.faults["reason"]}
	for _, reason := range peer.Reasons {
		g.Options = append(g.Options, ui.Option{Value: reason.Value, Label: reason.Words, Checked: p.reason == reason.Value})
	}
	return g
}

// callsPage lists an office's calls.
type callsPage struct {
	tab   string
	calls []peer.Listed
	loc   *time.Location
	now   time.Time
}

func listCalls(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &callsPage{tab: r.Query("show"), loc: r.Zone(defaultZone), now: r.Tx.Now()}
	if p.tab != "requested" && p.tab != "past" {
		p.tab = "upcoming"
	}
	var err error
	p.calls, err = peer.List(ctx, r.Tx, r.By, p.tab)
	return web.Answer{Title: "Peer-to-peer calls", Body: callsView(p)}, err
}

type callDay struct {
	heading string
	calls   []peer.Listed
}

// days groups the calls by the reader's day.
func (p *callsPage) days() []callDay {
	var all []callDay
	for _, c := range p.calls {
		heading := "No time yet"
		if !c.StartsAt.IsZero() {
			heading = civil.LongDate(civil.DateIn(c.StartsAt, p.loc))
		}
		if n := len(all); n > 0 && all[n-1].heading == heading {
			all[n-1].calls = append(all[n-1].calls, c)
			continue
		}
		all = append(all, callDay{heading, []peer.Listed{c}})
	}
	return all
}

func home(ctx context.Context, r *web.Request) (web.Answer, error) {
	if to := web.Home(r.By); to != "/" {
		return web.Answer{SeeOther: to}, nil
	}
	return homePage(ctx, r)
}
