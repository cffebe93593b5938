package admin

import (
	"context"
	"slices"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/peer"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var schedulingCrumb = ui.Link{Text: "Rules about calls", Href: "/admin/scheduling"}

// isRule reports whether a subject is a rule of a state about calls.
func isRule(s config.Subject) bool { return s.Kind == "rule" }

// schedulingPage is what decides who takes a call, and when.
type schedulingPage struct {
	rules []stateRule
	today civil.Date
}

// A stateRule is a rule, or a draft of one that is to be.
type stateRule struct {
	config.Doc
	id   string
	off  bool
	open config.Version
	new  bool
}

func showScheduling(ctx context.Context, r *web.Request) (web.Answer, error) {
	pending, err := config.Pending(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	p := &schedulingPage{today: civil.DateIn(r.Tx.Now(), r.Zone(civil.DefaultZone))}
	all, err := peer.Rules(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	for _, one := range all {
		s := config.RuleSubject(one.ID)
		doc, err := config.Current(ctx, r.Tx, s)
		if err != nil {
			return web.Answer{}, err
		}
		line := stateRule{Doc: doc, id: one.ID, off: one.Off}
		if i := slices.IndexFunc(pending, func(v config.Version) bool { return v.Subject == s }); i >= 0 {
			line.open = pending[i]
		}
		p.rules = append(p.rules, line)
	}
	for _, v := range pending {
		if isRule(v.Subject) && !slices.ContainsFunc(p.rules, func(one stateRule) bool { return one.id == v.Subject.ID }) {
			p.rules = append(p.rules, stateRule{Doc: v.Doc, id: v.Subject.ID, open: v, new: true})
		}
	}
	return web.Answer{Title: schedulingCrumb.Text, Body: schedulingView(p), Wide: true, Crumbs: crumbs(schedulingCrumb.Text.String())}, nil
}

// nameRule finds what a rule is called.
func (p *subjectPage) nameRule() error {
	doc := p.now
	if len(doc) == 0 {
		doc = p.open.Doc
	}
	if len(doc) == 0 {
		return fault.New(fault.NotFound, "We can’t find that.")
	}
	p.title = config.RuleName(doc)
	return nil
}

// words of a field of a rule.
func (l stateRule) words(key string) words.Text {
	fields, err := config.Fields(config.RuleSubject(l.id))
	if err != nil {
		return ""
	}
	i := slices.IndexFunc(fields, func(f config.Field) bool { return f.Key == key })
	return words.AsIs(fields[i].Words(l.Doc[key]))
}

// holds says from when until when a rule holds.
func (l stateRule) holds() words.Text {
	if l.Doc["to"] == "" {
		return words.Say("From %s", l.words("from"))
	}
	return words.Say("%s to %s", l.words("from"), l.words("to"))
}

// past reports whether the rule's last day is over.
func (p *schedulingPage) past(l stateRule) bool {
	last, err := civil.ParseDate(l.Doc["to"])
	return err == nil && last.Before(p.today)
}

func (p *schedulingPage) table() ui.TableView {
	t := ui.TableView{Caption: words.AsIs(upper(count(len(p.rules), "rule")) + ", by state"), Columns: []ui.Column{{Header: "Rule"}, {Header: "Who takes the call"}, {Header: "The office states"}, {Header: "Holds"}, {Header: "State"}}}
	for _, l := range p.rules {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ruleLink(l), ui.Text(l.words("needs_tier")), ui.Text(l.words("statement")), ui.Text(l.holds()), ruleTags(p, l)}})
	}
	return t
}

// A place is where something about calls is set.
type place struct{ what, how, text, href string }

// places are where the rest of what decides about calls is set.
var places = []place{
	{"Who may speak for the office, calls for a decision, and the window for them", "For each type of plan", "Programs and plans", "/admin/config"},
	{"Who takes the call: any reviewer, not who decided, or only who decided", "For each type of plan", "Programs and plans", "/admin/config"},
	{"Length, notice, look-ahead, confirmation, and orders in a call", "For each program", "Programs and plans", "/admin/config"},
	{"The specialty that orders of a program usually come from", "For each program. Where the practitioner’s own is known, that counts", "Programs and plans", "/admin/config"},
	{"Attempts before an office counts as not reached, and the time between", "For each program", "Programs and plans", "/admin/config"},
	{"Most calls in a day and a week, and time between calls", "For each reviewer", "Reviewers", "/board/reviewers"},
	{"Licenses and specialties", "For each reviewer. Nobody takes calls without a license that holds", "Licenses", "/board/licenses"},
	{"Days without calls", "For each plan", "Holidays", "/admin/calendars"},
	{"Reminders before a call", "For each program", "Programs and plans", "/admin/config"},
}

func placesTable() ui.TableView {
	t := ui.TableView{Caption: "What else decides about calls", Columns: []ui.Column{{Header: "What"}, {Header: "How"}, {Header: "Where it is set"}}}
	for _, one := range places {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(one.what)), ui.Text(words.AsIs(one.how)), placeLink(one)}})
	}
	return t
}

const shownCalls = 20

// ruleEffects are what a rule as drafted would find, beside the one that is
// live.
func (p *previewPage) ruleEffects(ctx context.Context, r *web.Request) error {
	rule, err := config.RuleOf(p.s.ID, p.open.Doc)
	if fault.Is(err, fault.Invalid) {
		p.effects = []string{"The draft isn’t valid any more. Change it, and it says what is wrong."}
		return nil
	}
	if err != nil {
		return err
	}
	then, err := rule.Find(ctx, r.Tx, r.By)
	if err != nil {
		return err
	}
	p.effects = []string{"It is about " + count(then.Calls, "call") + " to come. Booked calls stay booked as they are: a rule is asked when a call is booked or moved."}
	lacking := strconv.Itoa(len(then.Lacking)) + " of them" + doesWord(len(then.Lacking)) + " have what the rule asks"
	if len(p.now) > 0 {
		was, err := config.RuleOf(p.s.ID, p.now)
		if err != nil {
			return err
		}
		now, err := was.Find(ctx, r.Tx, r.By)
		if err != nil {
			return err
		}
		lacking += "; by the rule as it is now, " + strconv.Itoa(len(now.Lacking))
	}
	p.effects = append(p.effects, lacking+".")
	p.lacking, p.mayMove = then.Lacking, r.By.Can(account.ConfirmCalls)
	for _, pool := range then.Pools {
		p.effects = append(p.effects, poolWords(pool))
	}
	return nil
}

func doesWord(n int) string {
	if n == 1 {
		return " doesn’t"
	}
	return " don’t"
}

// poolWords say how many of those who take a program's calls match.
func poolWords(pool peer.Pool) string {
	return pool.Program + ": " + strconv.Itoa(pool.Matches) + " of " + count(pool.Takes, "reviewer") + " match, with " + hoursWords(pool.Matching) + " of " + hoursWords(pool.Minutes) + " hours for calls in a week."
}

// hoursWords are minutes in hours: "7.5".
func hoursWords(minutes int) string { return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64) }

// lackingTable is which calls to come don't have what the draft asks.
func (p *previewPage) lackingTable() ui.TableView {
	caption := "Calls that don’t have what the rule asks"
	if n := len(p.lacking) - shownCalls; n > 0 {
		caption += ", the first " + strconv.Itoa(shownCalls) + " of " + strconv.Itoa(len(p.lacking))
	}
	t := ui.TableView{Caption: words.AsIs(caption), Columns: []ui.Column{{Header: "Call"}, {Header: "When"}, {Header: "Reviewer"}, {Header: "Match"}}}
	for _, c := range p.lacking[:min(shownCalls, len(p.lacking))] {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{callLink(c.Number, p.mayMove), ui.Text(civil.When(c.StartsAt, p.loc, p.at)), ui.Text(words.AsIs(c.Reviewer)), ui.Text(matchWords[c.Tier])}})
	}
	return t
}

// matchWords say how well who takes a call matches.
var matchWords = map[int]words.Text{peer.TierLicensed: "Same specialty, licensed in the state", peer.TierSame: "Same specialty, licensed elsewhere", peer.TierTrained: "Another specialty"}
