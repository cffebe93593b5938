package config

import (
	"cmp"
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/letter"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

type line = plan.Line

var lineBounds = []bound[line]{
	text(Field{Key: "name", Label: "Name", Section: "What it is"}, func(l *line) *string { return &l.Name }),
	text(Field{Key: "phone", None: "The plan’s own", Label: "Phone", Section: "What it is", Hint: "Empty for the plan’s own", Optional: true}, func(l *line) *string { return &l.Phone }),
	text(Field{Key: "hours", None: "The plan’s own", Label: "Hours of the phone", Section: "What it is", Hint: "Empty for the plan’s own", Optional: true}, func(l *line) *string { return &l.Hours }),

	number(Field{Key: "decision_days", Label: "A standard request is decided within", Unit: "calendar days", Section: "Clocks"}, func(l *line) *int { return &l.DecisionDays }),
	number(Field{Key: "urgent_hours", Label: "An urgent request is decided within", Unit: "hours", Section: "Clocks"}, func(l *line) *int { return &l.UrgentHours }),
	text(Field{Key: "rule_packs", None: "Those usual for the type of plan", Label: "Rule packs", Hint: "Their ids, with commas. Empty for those usual for the type of plan; the earliest due time counts", Optional: true, Section: "Clocks"}, func(l *line) *string { return &l.RulePacks }),
	text(Field{Key: "unanswered", Label: "When an office doesn’t answer in time", Input: Choose, Choices: []Choice{{plan.DecideThen, "We decide with what there is"}, {plan.CloseThen, "The request is closed without a decision, where every rule lets it"}}, Section: "Clocks"}, func(l *line) *string { return &l.Unanswered }),
	number(Field{Key: "reconsideration_days", None: "Only an appeal changes it", Label: "New information after a denial within", Unit: "calendar days", Hint: "0 where only an appeal changes it", Section: "Clocks"}, func(l *line) *int { return &l.ReconsiderationDays }),

	text(Field{Key: "call_effect", Label: "A call after the decision", Input: Choose, Choices: []Choice{{"change", "Can change it"}, {"discussion", "Can’t change it"}}, Section: "Peer-to-peer calls"}, func(l *line) *string { return &l.CallEffect }),
	number(Field{Key: "call_window_days", None: "No end", Label: "Window for calls", Unit: "days", Hint: "0 for no end", Section: "Peer-to-peer calls"}, func(l *line) *int { return &l.CallWindowDays }),
	{Field: Field{Key: "call_window_in", Label: "The window counts", Input: Choose, Choices: []Choice{{"business", "Business days"}, {"calendar", "Calendar days"}}, Section: "Peer-to-peer calls"},
		get: func(l *line) string {
			if l.CallBusiness {
				return "business"
			}
			return "calendar"
		},
		set: func(l *line, s string) error { l.CallBusiness = s != "calendar"; return nil }},
	number(Field{Key: "calls_per_decision", None: "As many as wanted", Label: "Calls for a decision", Hint: "0 for as many as wanted", Section: "Peer-to-peer calls"}, func(l *line) *int { return &l.CallsPerCase }),
	text(Field{Key: "peers", None: "Anyone", Label: "Who may speak", Hint: "Credentials with commas, like MD,DO,NP. Empty for anyone", Optional: true, Section: "Peer-to-peer calls"}, func(l *line) *string { return &l.Peers }),
	text(Field{Key: "call_reviewer", Label: "Who takes the call", Input: Choose, Choices: []Choice{{plan.AnyReviewer, "Any reviewer"}, {plan.NotDecider, "Not who decided"}, {plan.Decider, "Only who decided"}}, Section: "Peer-to-peer calls"}, func(l *line) *string { return &l.CallReviewer }),
	number(Field{Key: "pre_decision_hours", None: "No such offer", Label: "Before a denial an office can talk to us within", Unit: "hours", Hint: "0 for no such offer", Section: "Peer-to-peer calls"}, func(l *line) *int { return &l.PreDecisionHours }),
}

// LineSubject is a plan's line of business as a subject.
func LineSubject(id plan.ID, code string) Subject { return Subject{"line", string(id) + "." + code} }

// LineOf is the plan and the code of the line that a subject's id names.
func LineOf(id string) (plan.ID, string) {
	p, code, _ := strings.Cut(id, ".")
	return plan.ID(p), code
}

// LineCodes are the types of plan there can be, with their usual names.
var LineCodes = []Choice{{"commercial", "Commercial"}, {"medicare_advantage", "Medicare Advantage"}, {"medicaid", "Medicaid"}, {"marketplace", "Marketplace"}}

var lineKind = kind{
	name:   "line",
	fields: fieldsOf(lineBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		p, code := LineOf(id)
		l, err := plan.GetLine(ctx, tx, p, code)
		if err != nil {
			return nil, err
		}
		return docOf(lineBounds, l), nil
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		l, err := lineWith(ctx, tx, id, d)
		if err != nil {
			return nil, err
		}
		f := fault.Fields{}
		checkName(f, l.Name)
		f.Check(l.DecisionDays >= 1 && l.DecisionDays <= 90, "decision_days", "A standard request is decided within 1 to 90 days")
		f.Check(l.UrgentHours >= 1 && l.UrgentHours <= 168, "urgent_hours", "An urgent request is decided within 1 to 168 hours")
		if l.RulePacks != "" {
			unknown, err := deadline.Known(ctx, tx, strings.Split(l.RulePacks, ","))
			if err != nil {
				return nil, err
			}
			f.Check(unknown == "", "rule_packs", words.Say("There is no rule pack “%s”", unknown))
		}
		return docOf(lineBounds, l), joined(f, l.Check())
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		l, err := lineWith(ctx, tx, id, d)
		if err != nil {
			return err
		}
		return plan.SaveLine(ctx, tx, by, l)
	},
	reads: func(d Doc) []string {
		all := []string{"A standard request is decided within " + d["decision_days"] + " calendar days, an urgent one within " + d["urgent_hours"] + " hours, or sooner where a rule says so."}
		effect := map[string]string{"change": "A call after the decision can change it", "discussion": "A call after the decision can’t change it"}[d["call_effect"]]
		if d["call_window_days"] != "0" {
			effect += "; book it within " + d["call_window_days"] + " " + d["call_window_in"] + " days"
		}
		all = append(all, effect+".")
		if d["reconsideration_days"] != "0" {
			all = append(all, "After a denial you can send new information for "+d["reconsideration_days"]+" days.")
		}
		if d["pre_decision_hours"] != "0" {
			all = append(all, "Before a denial you can talk to a reviewer within "+d["pre_decision_hours"]+" hours.")
		}
		if d["peers"] != "" {
			all = append(all, "Who may speak: "+d["peers"]+".")
		}
		if d["phone"] != "" {
			all = append(all, "Call "+d["phone"]+cmp.Or(" "+d["hours"], "")+".")
		}
		return all
	},
}

// lineWith is a line as a document says. Its plan must be there, its code one
// of LineCodes unless it is there too.
func lineWith(ctx context.Context, tx *db.Tx, id string, d Doc) (line, error) {
	p, code := LineOf(id)
	if _, err := plan.Get(ctx, tx, p); err != nil {
		return line{}, err
	}
	l, err := plan.GetLine(ctx, tx, p, code)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return l, err
	}
	if err != nil && usualName(code) == "" {
		return l, err
	}
	f := fault.Fields{}
	fill(lineBounds, &l, d, f)
	l.RulePacks = tidyList(l.RulePacks)
	l.PlanID, l.Code = p, code
	return l, f.Err()
}

func usualName(code string) string {
	for _, c := range LineCodes {
		if c.Value == code {
			return c.Words
		}
	}
	return ""
}

func tidyList(s string) string {
	var all []string
	for one := range strings.SplitSeq(s, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return strings.Join(all, ",")
}

// Usual is what a new subject's form begins with.
func Usual(s Subject) Doc {
	switch s.Kind {
	case "program":
		return docOf(programBounds, program{SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5, NoticeMinutes: 60, AttemptsNeeded: 2, AttemptsApart: 5, MostOrders: 3,
			Intake: plan.Intake{Criteria: plan.Always}, Files: plan.FileRules{MB: 100, Most: 20, Pages: 500}})
	case "plan":
		return docOf(planBounds, health{TimeZone: "America/Chicago", Opens: 8 * 60, Closes: 18 * 60})
	case "question":
		return docOf(questionBounds, entry{Shown: true})
	case "wave":
		return docOf(waveBounds, wave{Rollout: plan.Rollout{Feature: plan.CallsFeature, Stage: plan.Announced}})
	case "rule":
		return docOf(ruleBounds, rule{tier: "1"})
	case "calendar", "delegation", packKindName, guidelineKindName:
		return Doc{}
	case "template":
		return docOf(templateBounds, source{Case: letter.Case{Kind: letter.Denied, Audience: letter.Member, Language: "en"}})
	case "resource":
		return docOf(resourceBounds, entry{Shown: true})
	case "contact":
		return docOf(contactBounds, entry{Shown: true, Zone: "America/Chicago", Opens: 8 * 60, Closes: 18 * 60})
	}
	_, code := LineOf(s.ID)
	return docOf(lineBounds, line{Name: usualName(code), DecisionDays: 7, UrgentHours: 72, CallEffect: "change", CallWindowDays: 5, CallBusiness: true, CallsPerCase: 1, CallReviewer: plan.AnyReviewer, Unanswered: plan.DecideThen})
}
