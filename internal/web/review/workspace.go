package review

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// workPage is where a reviewer holds a call: whom to call, what was tried,
// why it was denied, notes, and what came of it.
type workPage struct {
	stated  []peer.Statement // by the office, on the way to the call
	c       peer.Call
	o       order.Order // the call was booked for
	plan    plan.Plan
	program plan.Program
	day     peer.Day
	dials   []peer.Dial
	topics  []topic
	form    workForm
	faults  map[string]words.Text
	errors  []ui.FieldError
	key     string
	loc     *time.Location
	now     time.Time
	saved   bool
}

// A topic is one order of the call, with what was decided about it and what
// was sent.
type topic struct {
	peer.Subject
	decision *review.Determination
	files    []attachment.File
	late     []attachment.Upload // that came for the call and are not part of the order, or not yet
}

// workForm is the form as it stands or was sent.
type workForm struct {
	notes            string
	name, credential bool
	said             map[order.ID]peer.Said
}

func openWork(ctx context.Context, r *web.Request) (*workPage, error) {
	if err := r.By.Must(account.HoldCalls); err != nil {
		return nil, err
	}
	c, o, err := peer.Get(ctx, r.Tx, r.By, r.PathValue("call"))
	if err != nil {
		return nil, err
	}
	if c.ReviewerID != r.By.ID {
		return nil, fault.New(fault.NotFound, "We can't find that call among yours.")
	}
	me, err := review.Get(ctx, r.Tx, r.By.ID)
	if err != nil {
		return nil, err
	}
	p := &workPage{c: c, o: o, key: r.Key(), loc: r.Zone(me.TimeZone), now: r.Tx.Now(), faults: map[string]words.Text{}, saved: r.Query("saved") != ""}
	if p.plan, err = plan.Get(ctx, r.Tx, c.PlanID); err != nil {
		return nil, err
	}
	if p.program, err = plan.GetProgram(ctx, r.Tx, c.ProgramID); err != nil {
		return nil, err
	}
	if p.day, err = peer.DayOf(ctx, r.Tx, c); err != nil {
		return nil, err
	}
	if p.dials, err = peer.Dials(ctx, r.Tx, c); err != nil {
		return nil, err
	}
	if p.stated, err = peer.Statements(ctx, r.Tx, c); err != nil {
		return nil, err
	}
	return p, p.openTopics(ctx, r)
}

func (p *workPage) openTopics(ctx context.Context, r *web.Request) error {
	subjects, err := peer.Subjects(ctx, r.Tx, r.By, p.c)
	if err != nil {
		return err
	}
	p.form = workForm{notes: p.day.Notes, name: p.day.NameChecked, credential: p.day.CredentialChecked, said: map[order.ID]peer.Said{}}
	for _, s := range subjects {
		t := topic{Subject: s}
		p.form.said[s.Order.ID] = s.Said
		if t.files, err = attachment.Of(ctx, r.Tx, string(s.Order.ID)); err != nil {
			return err
		}
		if t.late, err = attachment.Late(ctx, r.Tx, string(s.Order.ID)); err != nil {
			return err
		}
		d, err := review.Latest(ctx, r.Tx, s.Order.ID)
		if err == nil {
			t.decision = &d
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		p.topics = append(p.topics, t)
	}
	return nil
}

func (p *workPage) path(parts string) string { return "/review/calls/" + p.c.Number + parts }

func (p *workPage) answer() web.Answer {
	return web.Answer{Title: words.Say("Call %s", p.c.Reference()), Body: workView(p), Errors: p.errors, Wide: true,
		Crumbs: []ui.Link{{Text: "Calls today", Href: "/review/calls"}, {Text: words.Say("Call %s", p.c.Reference())}}}
}

func showWork(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWork(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if !p.live() && !p.over() { // asked for, canceled or expired: nobody calls
		return web.Answer{SeeOther: "/p2p/" + p.c.Number}, nil
	}
	return p.answer(), nil
}

// discussion reports whether the call can change none of its decisions.
func (p *workPage) discussion() bool {
	return !slices.ContainsFunc(p.topics, func(t topic) bool { return t.Effect != peer.Discussion })
}

// live reports whether the call is to be made, or was made and has no outcome.
func (p *workPage) live() bool { return p.c.Status.Live() && p.c.Status != peer.Requested }

// over reports whether the call ended in a way that is worth reading again.
func (p *workPage) over() bool {
	return p.c.Status == peer.Completed || p.c.Status == peer.NoShow || p.c.Status == peer.Missed
}

// read takes what the form holds, whichever of its buttons sent it.
func (p *workPage) read(r *web.Request) {
	p.form = workForm{notes: strings.TrimSpace(r.Value("notes")), name: r.Value("name_checked") != "", credential: r.Value("credential_checked") != "", said: map[order.ID]peer.Said{}}
	for _, t := range p.topics {
		p.form.said[t.Order.ID] = peer.Said{Outcome: r.Value("outcome_" + t.Order.Number), Note: strings.TrimSpace(r.Value("note_" + t.Order.Number))}
	}
}

func (p *workPage) save(ctx context.Context, r *web.Request) error {
	return peer.SaveDay(ctx, r.Tx, r.By, p.c, peer.Day{Notes: p.form.notes, NameChecked: p.form.name, CredentialChecked: p.form.credential}, p.form.said)
}

// failed shows the form again with what is wrong, and all that was typed.
func (p *workPage) failed(err error) (web.Answer, error) {
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return web.Answer{}, err
	}
	var fields []string
	for _, t := range p.topics {
		fields = append(fields, "outcome_"+t.Order.Number, "note_"+t.Order.Number)
	}
	p.faults, p.errors = f.Fields, web.Errors(err, append([]string{"result", "notes"}, fields...)...)
	return p.answer(), err
}

// saveWork keeps notes and what else is filled in. A browser that saves while
// a person types wants no page back.
func saveWork(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWork(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.read(r)
	if err := p.save(ctx, r); err != nil {
		return p.failed(err)
	}
	if r.Header.Get("X-Autosave") != "" {
		return web.Answer{Status: http.StatusNoContent}, nil
	}
	return web.Answer{SeeOther: p.path("?saved=notes")}, nil
}

// logAttempt notes a call that was tried, and keeps what else was filled in.
func logAttempt(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWork(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.read(r)
	err = p.save(ctx, r)
	if err == nil {
		_, err = peer.Attempt(ctx, r.Tx, r.By, p.c, r.Value("result"))
	}
	if err != nil {
		return p.failed(err)
	}
	return web.Answer{SeeOther: p.path("")}, nil
}

// recordOutcome ends the call. A decision that changes is made next.
func recordOutcome(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openWork(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.read(r)
	err = p.save(ctx, r)
	if err == nil {
		_, err = peer.Record(ctx, r.Tx, r.By, p.c, p.form.said)
	}
	if err != nil {
		return p.failed(err)
	}
	for _, t := range p.topics {
		if peer.Changes(p.form.said[t.Order.ID].Outcome) {
			return web.Answer{SeeOther: decideAgain(t.Order)}, nil
		}
	}
	return web.Answer{SeeOther: p.path("")}, nil
}

// decideAgain is where a decision is made again because of a call.
func decideAgain(o order.Order) string {
	return "/review/cases/" + o.Number + "/decide?after=" + review.AfterCall
}

func (p *workPage) when() string {
	return civil.SpanOn(p.c.StartsAt, p.c.EndsAt, p.loc, p.now).String()
}

// officeTime is when the call begins for the office, "" where its clocks show
// the same.
func (p *workPage) officeTime() string {
	office, err := civil.Zone(p.c.Zone)
	if err != nil || civil.Clock(p.c.StartsAt, office).String() == civil.Clock(p.c.StartsAt, p.loc).String() {
		return ""
	}
	return civil.Clock(p.c.StartsAt, office).String() + " for the office"
}

func (p *workPage) countdown() string {
	if !p.live() || !p.c.StartsAt.After(p.now) {
		return ""
	}
	return "in " + civil.Left(p.c.StartsAt.Sub(p.now)).String()
}

func (p *workPage) needsOutcome() bool { return peer.NeedsOutcome(p.c, len(p.dials), p.now) }

// expected is when an office that is late will be there.
func (p *workPage) expected() string {
	return civil.Clock(p.c.StartsAt.Add(time.Duration(p.day.Late)*time.Minute), p.loc).String()
}

// nextTry says when an attempt can be recorded, and while the office isn't
// reached when one counts next. "" if there is nothing to say.
func (p *workPage) nextTry() string {
	at, needed := peer.NextAttempt(p.c, p.program, p.dials, p.day.Late)
	switch {
	case p.now.Before(peer.CallFrom(p.c)):
		return "You can record attempts from " + civil.Clock(peer.CallFrom(p.c), p.loc).String() + "."
	case !peer.MayCall(p.c, p.now):
		return "The time for calling has passed. Record the outcome."
	case p.c.Status == peer.InCall || len(p.dials) == 0:
		return ""
	case needed == 0:
		return "Enough attempts to choose Not reached."
	case at.After(p.now):
		return "Call again at " + civil.Clock(at, p.loc).String() + " or later."
	}
	return "Call again now."
}

func (p *workPage) outcomes(t topic) ui.Group {
	name := "outcome_" + t.Order.Number
	g := ui.Group{Name: name, Legend: words.Say("What came of the call%s?", p.forOrder(t)), Error: p.faults[name]}
	for _, o := range peer.Outcomes {
		if t.Effect == peer.Discussion && peer.Changes(o.Value) {
			continue
		}
		g.Options = append(g.Options, ui.Option{Value: o.Value, Label: words.AsIs(o.Words), Hint: words.AsIs(p.outcomeHint(o.Value)), Checked: p.form.said[t.Order.ID].Outcome == o.Value})
	}
	return g
}

// forOrder tells the questions of several orders apart, "" where there is one.
func (p *workPage) forOrder(t topic) string {
	if len(p.topics) == 1 {
		return ""
	}
	return " for order " + order.Spaced(t.Order.Number)
}

func (p *workPage) outcomeHint(outcome string) string {
	switch {
	case peer.Changes(outcome):
		return "You make the new determination next"
	case outcome == peer.Unreachable && p.program.AttemptsNeeded > 1:
		return "After " + strconv.Itoa(p.program.AttemptsNeeded) + " attempts, " + strconv.Itoa(p.program.AttemptsApart) + " minutes apart"
	}
	return ""
}

func (p *workPage) speaker() string {
	return strings.TrimSpace(p.c.People.First + " " + p.c.People.Last)
}

// checkedWords say who checked the speaker's identity and when, "" if nobody.
func (p *workPage) checkedWords() string {
	if p.day.CheckedAt == nil || !p.day.NameChecked && !p.day.CredentialChecked {
		return ""
	}
	return "Checked by " + p.day.CheckedBy + ", " + civil.When(*p.day.CheckedAt, p.loc, p.now).String() + "."
}

// adverse are the services that were denied or reduced, with the reasons.
func (t topic) adverse() []review.Line {
	if t.decision == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.decision.Lines), func(l review.Line) bool { return l.Outcome == review.Approve })
}

func (t topic) service(line int) string {
	for _, s := range t.Order.Services {
		if s.Line == line {
			return strings.TrimSpace(s.Wording + " " + s.Code)
		}
	}
	return ""
}

// isNew reports whether a file came after the decision.
func (t topic) isNew(f attachment.File) bool {
	return t.Order.DecidedAt != nil && f.AddedAt.After(*t.Order.DecidedAt)
}

// undecided reports whether the call changes a decision that nobody has made
// again yet.
func (t topic) undecided() bool {
	return t.At != nil && peer.Changes(t.Outcome) && (t.Order.DecidedAt == nil || t.Order.DecidedAt.Before(*t.At))
}

// noteWords are what the office stated, with its day.
func noteWords(s peer.Statement) string {
	if s.Day.IsZero() {
		return s.Words
	}
	return s.Words + ", " + civil.MediumDate(s.Day).String()
}
