package config

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// RuleSubject is a rule of a state about calls as a subject.
func RuleSubject(id string) Subject { return Subject{"rule", id} }

// A rule is one as its form has it.
type rule struct {
	peer.Rule
	tier, from, to string
}

const (
	ruleWhere = "Where it holds"
	ruleWhen  = "When"
	ruleWhat  = "What it asks"
	ruleWords = "What people read"
)

// tiers are what a rule can ask of who takes a call.
var tiers = []Choice{{"0", "Anyone who takes calls of the program"}, {"1", "The same specialty, with a license of the office’s state"}, {"2", "The same specialty"}, {"3", "Trained for the program"}}

var ruleBounds = []bound[rule]{
	text(Field{Key: "state", Label: "State of the office", Section: ruleWhere, Input: Choose, Choices: withoutEvery(stateChoices()), Fixed: true}, func(r *rule) *string { return &r.State }),
	text(Field{Key: "line", Label: "Type of plan", None: "Every type", Section: ruleWhere, Input: Choose, Choices: append([]Choice{{"", "Every type"}}, LineCodes...), Fixed: true}, func(r *rule) *string { return &r.Line }),
	text(Field{Key: "code", Label: "Code", Hint: "Like tx_match. Of two with one code, the one for the type of plan holds, then the later one. It stands with what an office stated, so it can’t change later", Section: ruleWhere, Fixed: true}, func(r *rule) *string { return &r.Code }),
	text(Field{Key: "from", Label: "First day", Input: Day, Section: ruleWhen}, func(r *rule) *string { return &r.from }),
	text(Field{Key: "to", Label: "Last day", Hint: "Empty for no end", None: "No end", Input: Day, Optional: true, Section: ruleWhen}, func(r *rule) *string { return &r.to }),
	{Field: Field{Key: "used", Label: "The rule is used", Section: ruleWhen, Input: Check},
		get: func(r *rule) string {
			if r.Off {
				return ""
			}
			return "yes"
		},
		set: func(r *rule, text string) error { r.Off = text != "yes"; return nil }},
	text(Field{Key: "needs_tier", Label: "Who takes the call", Hint: "Others take it only once the office states that it wants to go ahead", Section: ruleWhat, Input: Choose, Choices: tiers}, func(r *rule) *string { return &r.tier }),
	text(Field{Key: "statement", Label: "Words beside the check box", Hint: "The office states this before the call. Empty where nothing is stated: then nobody else takes the call", None: "No check box", Optional: true, Section: ruleWhat}, func(r *rule) *string { return &r.Statement }),
	text(Field{Key: "sentence", Label: "Sentence that people read", Section: ruleWords}, func(r *rule) *string { return &r.Sentence }),
	text(Field{Key: "citation", Label: "Where the rule stands", Hint: "Like 28 TAC §19.1710", Section: ruleWords}, func(r *rule) *string { return &r.Citation }),
}

// withoutEvery are the choices of a field in which one must be chosen.
func withoutEvery(all []Choice) []Choice {
	return append([]Choice{{"", "Choose a state"}}, all[1:]...)
}

var ruleKind = kind{
	name:   "rule",
	fields: fieldsOf(ruleBounds),
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		r, err := peer.GetRule(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return docOf(ruleBounds, ruleForm(r)), nil
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		r, err := ruleWith(id, d)
		if err != nil {
			return nil, err
		}
		f := fault.Fields{}
		f.Check(slices.Contains(review.LicenseStates, r.State), "state", "Choose a state")
		f.Check(r.Code == "" || codes.MatchString(r.Code), "code", "A code has 2 to 20 small letters, digits, hyphens and underscores")
		now, err := peer.GetRule(ctx, tx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if now.ID != "" { // as it was stored, whatever codes looked like then
			f = fault.Fields{}
			f.Check(now.State == r.State && now.Line == r.Line && now.Code == r.Code, "code", "What the rule is about can’t change. Turn it off and write another")
		}
		return docOf(ruleBounds, ruleForm(r)), joined(f, peer.CheckRule(ctx, tx, r))
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		r, err := ruleWith(id, d)
		if err != nil {
			return err
		}
		return peer.SetRule(ctx, tx, by, r)
	},
	reads: func(d Doc) []string {
		if d["used"] != "yes" {
			return nil
		}
		return []string{strings.TrimSpace(d["sentence"] + " " + d["statement"])}
	},
}

func ruleForm(r peer.Rule) rule {
	form := rule{Rule: r, tier: strconv.Itoa(r.NeedsTier), from: r.From.String()}
	if !r.To.IsZero() {
		form.to = r.To.String()
	}
	return form
}

// ruleWith is the rule of a document. Invalid faults are at the keys of its
// fields.
func ruleWith(id string, d Doc) (peer.Rule, error) {
	form, f := rule{}, fault.Fields{}
	fill(ruleBounds, &form, d, f)
	form.ID = id
	form.From, form.To = dayOf(f, "from", form.from), dayOf(f, "to", form.to)
	var err error
	form.NeedsTier, err = strconv.Atoi(form.tier)
	f.Check(err == nil && form.NeedsTier >= 0 && form.NeedsTier < len(tiers), "needs_tier", "Choose one for “Who takes the call”")
	return form.Rule, f.Err()
}

// RuleOf is the rule that a document describes, for who looks at what it would
// do.
func RuleOf(id string, d Doc) (peer.Rule, error) { return ruleWith(id, d) }

// RuleName is what a rule is called: "TX, Commercial: tx_match".
func RuleName(d Doc) string {
	where := d["state"]
	for _, l := range LineCodes {
		if l.Value == d["line"] {
			where += ", " + l.Words
		}
	}
	return where + ": " + d["code"]
}

// ruleExam asks what the rule asks of a call, by who would take it.
var ruleExam = Exam{
	Given: []Field{{Key: "line", Label: "Type of plan", Input: Choose, Choices: LineCodes}, dayGiven,
		{Key: "reviewer", Label: "The reviewer is", Input: Choose, Choices: []Choice{{"1", "Of the same specialty, licensed in the state"}, {"2", "Of the same specialty, licensed elsewhere"}, {"3", "Of another specialty"}}}},
	Answer: Field{Key: "expected", Label: "By this rule the call", Input: Choose, Choices: []Choice{{"free", "Can be booked"}, {"stated", "Can be booked once the office states it"}, {"no", "Can’t be booked"}}},
	try: func(_ context.Context, _ *db.Tx, id string, d, given Doc) (string, error) {
		r, err := ruleWith(id, d)
		if err != nil {
			return "", err
		}
		day, err := dayIn(given, "day")
		if err != nil {
			return "", err
		}
		tier, err := strconv.Atoi(given["reviewer"])
		if err != nil {
			return "", fault.Fields{"reviewer": words.Text("Choose who the reviewer is")}.Err()
		}
		switch {
		case !r.Holds(given["line"], day) || !r.Asks(tier):
			return "free", nil
		case r.Statement != "":
			return "stated", nil
		}
		return "no", nil
	},
}
