package portal

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/appeal"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// disputePage is what can be done about a decision, side by side.
type disputePage struct {
	o        order.Order
	standing peer.Standing
	choices  []appeal.Choice
	mayFile  bool
	mayCall  bool
	loc      *time.Location
	now      time.Time

	kind                  review.OptionKind // of the form
	form                  appeal.Filing
	criterion, criterionN string // that the filing is for, and its place at the decision; "" for none
	faults                map[string]words.Text
	errors                []ui.FieldError
	key                   string
}

func openDispute(ctx context.Context, r *web.Request) (*disputePage, error) {
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return nil, err
	}
	if r.By.Has(account.Site) && !r.By.Can(account.ReadClinical) {
		return nil, fault.New(fault.NotFound, "We can't find that order.")
	}
	p := &disputePage{o: o, key: r.Key(), now: r.Tx.Now(), mayFile: r.By.Can(account.FileAppeals), mayCall: r.By.Can(account.BookCalls), faults: map[string]words.Text{}}
	if p.standing, err = peer.Stand(ctx, r.Tx, r.By, o); err != nil {
		return nil, err
	}
	p.loc = readerZone(ctx, r, o, p.standing.Plan)
	p.choices, err = appeal.Choices(ctx, r.Tx, o)
	return p, err
}

func (p *disputePage) answer(title words.Text, body templComponent, last ...ui.Link) web.Answer {
	return web.Answer{Title: title, Body: body, Errors: p.errors, Help: help(p.standing.Plan, p.standing.Line),
		Crumbs: append([]ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.Say("Order %s", order.Spaced(p.o.Number)), Href: "/orders/" + p.o.Number}}, last...)}
}

func showDispute(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDispute(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if len(p.choices) == 0 {
		return web.Answer{SeeOther: "/orders/" + p.o.Number}, nil
	}
	return p.answer("Your options", disputeView(p), ui.Link{Text: "Your options"}), nil
}

// choice is that of the form, nil if it is none that is filed here.
func (p *disputePage) choice() *appeal.Choice {
	i := slices.IndexFunc(p.choices, func(c appeal.Choice) bool { return c.Kind == p.kind && appeal.Files(c.Kind) })
	if i < 0 {
		return nil
	}
	return &p.choices[i]
}

func (p *disputePage) formAnswer() web.Answer {
	name := appeal.KindWords(p.kind)
	return p.answer(words.AsIs(name), filingForm(p), ui.Link{Text: "Your options", Href: "/orders/" + p.o.Number + "/dispute"}, ui.Link{Text: words.AsIs(name)})
}

func askFiling(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDispute(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.kind = review.OptionKind(r.Query("kind"))
	if c := p.choice(); c == nil || c.Why != "" || !p.mayFile {
		return web.Answer{SeeOther: "/orders/" + p.o.Number + "/dispute"}, nil
	}
	p.form.Behalf = appeal.ForProvider
	return p.formAnswer(), p.about(ctx, r, r.Query("criterion"))
}

// about has the filing be for the criterion with a number at the decision; for
// no number, or one that isn't there, it is for the decision as a whole.
func (p *disputePage) about(ctx context.Context, r *web.Request, number string) error {
	n, err := strconv.Atoi(number)
	if err != nil || !r.By.Can(account.ReadClinical) || p.standing.Program.Intake.Criteria == plan.Never {
		return nil
	}
	d, err := review.Latest(ctx, r.Tx, p.o.ID)
	if err != nil {
		return err
	}
	all, err := review.StoodAt(ctx, r.Tx, d.ID)
	if err == nil && n >= 1 && n <= len(all) {
		p.criterion, p.criterionN = all[n-1].Sentence, number
	}
	return err
}

func sendFiling(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openDispute(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	v := func(name string) string { return strings.TrimSpace(r.Value(name)) }
	p.kind = review.OptionKind(v("kind"))
	p.form = appeal.Filing{Kind: p.kind, Behalf: v("behalf"), Consent: v("consent"), Reason: v("reason"), UrgentWhy: v("urgent_why")}
	if err := p.about(ctx, r, v("criterion")); err != nil {
		return web.Answer{}, err
	}
	f, err := appeal.File(ctx, r.Tx, r.By, p.o, p.filing())
	if err == nil {
		return web.Answer{SeeOther: "/appeals/" + f.Number}, nil
	}
	if k := fault.Of(err).Kind; k == fault.Internal || k == fault.Denied || p.choice() == nil {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "behalf", "consent", "urgent_why", "reason")
	return p.formAnswer(), err
}

// filing is what is filed: the criterion that it is for begins its reason.
func (p *disputePage) filing() appeal.Filing {
	f := p.form
	if p.criterion != "" && f.Reason != "" {
		f.Reason = "About “" + p.criterion + "”: " + f.Reason
	}
	return f
}

// A column of the comparison.
func (p *disputePage) table() ui.TableView {
	t := ui.TableView{Caption: "What you can do about this decision", Columns: []ui.Column{{Header: "Option"}, {Header: "Who can ask"}, {Header: "Until"}, {Header: "Answered"}, {Header: "Can it change the decision?"}, {Header: "Now"}}}
	for _, c := range p.choices {
		if who := whoAsks(c.Kind); who != "" {
			t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.Text(appeal.KindWords(c.Kind))), ui.Text(who), ui.Text(p.until(c)), ui.Text(p.answeredIn(c)), ui.Text(p.effect(c)), choiceNow(p, c)}})
		}
	}
	return t
}

// whoAsks says who can ask for an option; "" for what isn't a way to another
// decision.
func whoAsks(k review.OptionKind) words.Text {
	switch k {
	case review.PeerToPeer:
		return "The ordering physician"
	case review.Reconsider:
		return "The office"
	case review.AppealOption:
		return "The member, or the office for the member"
	case review.FastAppeal:
		return "The member, or a physician"
	case review.ExternalReview, "state_hearing":
		return "The member"
	}
	return ""
}

func (p *disputePage) until(c appeal.Choice) words.Text {
	switch {
	case c.After != "" && c.Days.N > 0:
		return words.Say("%s after the appeal", c.Days.String())
	case c.After != "":
		return "After an appeal"
	case c.Until == nil:
		return "No end is set"
	}
	return civil.Deadline(*c.Until, p.loc, p.now)
}

func (p *disputePage) answeredIn(c appeal.Choice) words.Text {
	switch {
	case c.Takes.N > 0:
		return words.Say("Within %s", c.Takes.String())
	case c.Kind == review.PeerToPeer:
		return "In the call"
	case c.Kind == review.Reconsider && p.standing.Line.DecisionDays > 0:
		return words.Say("Within %s calendar days", strconv.Itoa(p.standing.Line.DecisionDays))
	}
	return "No time is set"
}

func (p *disputePage) effect(c appeal.Choice) words.Text {
	changes := c.Changes
	if c.Kind == review.PeerToPeer {
		changes = p.standing.Result == peer.Available
	}
	if changes {
		return "Yes"
	}
	return "No, it is for discussion only"
}

// elsewhere is where the plan takes what it handles itself.
func elsewhere(p plan.Plan) words.Text {
	all := []words.Text{words.As("telephone", "Call %s", p.Phone)}
	if p.AppealFax != "" {
		all = append(all, words.Say("fax %s", p.AppealFax))
	}
	if p.AppealAddress != "" {
		all = append(all, words.Say("write to %s", strings.ReplaceAll(p.AppealAddress, "\n", ", ")))
	}
	return words.Say("%s.", words.Join(all, ", or "))
}

// filingPage is one filing as its office and staff follow it.
type filingPage struct {
	f       appeal.Filing
	o       order.Order
	plan    plan.Plan
	mayFile bool
	mayAdd  bool // files, and so may send what the decision lacked
	rules   plan.FileRules
	files   []attachment.File   // of the order, that came after it was asked for
	late    []attachment.Upload // that are not enclosed, or not yet
	loc     *time.Location
	now     time.Time
	key     string
}

func openFiling(ctx context.Context, r *web.Request) (*filingPage, error) {
	p := &filingPage{key: r.Key(), now: r.Tx.Now(), mayFile: r.By.Can(account.FileAppeals)}
	var err error
	if p.f, p.o, err = appeal.Get(ctx, r.Tx, r.By, r.PathValue("appeal")); err != nil {
		return nil, err
	}
	if r.By.Has(account.Site) && !r.By.Can(account.ReadClinical) {
		return nil, fault.New(fault.NotFound, "We can't find that appeal.")
	}
	if p.plan, err = plan.Get(ctx, r.Tx, p.o.PlanID); err != nil {
		return nil, err
	}
	p.loc = readerZone(ctx, r, p.o, p.plan)
	if !r.By.Can(account.ReadClinical) {
		return p, nil
	}
	return p, p.readFiles(ctx, r)
}

// readFiles reads what came with a filing, and what can come.
func (p *filingPage) readFiles(ctx context.Context, r *web.Request) error {
	var err error
	if p.files, err = attachment.Since(ctx, r.Tx, string(p.o.ID), p.f.FiledAt); err != nil {
		return err
	}
	if p.late, err = attachment.Late(ctx, r.Tx, string(p.o.ID)); err != nil {
		return err
	}
	in, err := request.FolderOf(ctx, r.Tx, p.o)
	p.rules = in.Rules
	p.mayAdd = r.By.ActsFor(p.o.OrganizationID) && r.By.Can(account.SendRequests) && p.f.Status == appeal.Open
	return err
}

func showFiling(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openFiling(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	name := p.f.Words() + " " + order.Spaced(p.f.Number)
	return web.Answer{Title: words.AsIs(name), Body: filingView(p), Crumbs: []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.Say("Order %s", order.Spaced(p.o.Number)), Href: "/orders/" + p.o.Number}, {Text: words.AsIs(name)}}}, nil
}

func withdrawFiling(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openFiling(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	_, err = appeal.Withdraw(ctx, r.Tx, r.By, p.f, p.o)
	return web.Answer{SeeOther: "/appeals/" + p.f.Number}, err
}

func (p *filingPage) steps() []ui.Moment {
	all := []ui.Moment{{Title: words.Say("%s was asked for.", words.Text(p.f.Words())), Who: words.AsIs(p.f.FiledName), At: p.f.FiledAt, When: civil.When(p.f.FiledAt, p.loc, p.now)}}
	if p.f.ClosedAt != nil {
		all = append([]ui.Moment{{Title: words.Say("%s.", words.Text(p.f.Status.Words())), Text: words.AsIs(p.f.Rationale), Who: words.AsIs(p.f.ClosedName), At: *p.f.ClosedAt, When: civil.When(*p.f.ClosedAt, p.loc, p.now)}}, all...)
	}
	return all
}

func (p *filingPage) due() words.Text {
	if p.f.DueAt == nil {
		return "No time is set"
	}
	return civil.Deadline(*p.f.DueAt, p.loc, p.now)
}

// appealsPage lists what an office asked for.
type appealsPage struct {
	filings []appeal.Filing
	orders  []order.Order
	loc     *time.Location
	now     time.Time
}

func listFilings(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &appealsPage{loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	p.filings, p.orders, err = appeal.Filings(ctx, r.Tx, r.By)
	return web.Answer{Title: "Appeals and reconsiderations", Body: appealsView(p), Crumbs: []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: "Appeals and reconsiderations"}}}, err
}

func (p *appealsPage) table() ui.TableView {
	t := ui.TableView{Caption: "What was asked for, newest first", Columns: []ui.Column{{Header: "Asked for"}, {Header: "Order"}, {Header: "Service"}, {Header: "Filed"}, {Header: "Due"}, {Header: "Status"}}}
	for i, f := range p.filings {
		due := words.Text("No time is set")
		if f.DueAt != nil {
			due = civil.Deadline(*f.DueAt, p.loc, p.now)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{filingLink(f), ui.Text(words.AsIs(order.Spaced(p.orders[i].Number))), ui.Text(words.AsIs(cmp.Or(p.orders[i].Title, "Order"))), ui.Text(civil.When(f.FiledAt, p.loc, p.now)), ui.Text(due), ui.Text(words.Text(f.Status.Words()))}})
	}
	return t
}
