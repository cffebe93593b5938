package config

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
)

var (
	dayGiven  = Field{Key: "day", Label: "Day", Input: Day}
	lineGiven = Field{Key: "line", Label: "Type of plan", Input: Choose, Choices: LineCodes}
)

// planExam asks whether a plan does business at a time of its zone, holidays
// as they are now.
var planExam = Exam{
	Given:  []Field{{Key: "at", Label: "At", Input: Moment}},
	Answer: Field{Key: "expected", Label: "The plan is", Input: Choose, Choices: []Choice{{"open", "Open"}, {"closed", "Closed"}}},
	try: func(ctx context.Context, tx *db.Tx, id string, d, given Doc) (string, error) {
		p, err := planWith(ctx, tx, id, d)
		if err != nil {
			return "", err
		}
		at, err := momentOf(given, "at", p.Zone())
		if err != nil {
			return "", err
		}
		c, err := plan.CalendarOf(ctx, tx, p)
		if _, open := c.OpenUntil(at, p.ServiceHours()); open {
			return "open", err
		}
		return "closed", err
	},
}

// lineExam asks by when a request would be decided, in the plan's zone.
var lineExam = Exam{
	Given: []Field{{Key: "received", Label: "Received", Input: Moment}, {Key: "kind", Label: "Request", Input: Choose, Choices: kindChoices()},
		{Key: "state", Label: "State of the member", Hint: "Two letters, or empty", Optional: true, Input: Line, None: "Any"}},
	Answer: Field{Key: "expected", Label: "Due", Input: Moment},
	try: func(ctx context.Context, tx *db.Tx, id string, d, given Doc) (string, error) {
		l, err := lineWith(ctx, tx, id, d)
		if err != nil {
			return "", err
		}
		p, err := plan.Get(ctx, tx, l.PlanID)
		if err != nil {
			return "", err
		}
		received, err := momentOf(given, "received", p.Zone())
		if err != nil {
			return "", err
		}
		k, err := deadline.ForecastWith(ctx, tx, l, deadline.Subject{PlanID: l.PlanID, Line: l.Code, State: given["state"], Received: received, Kind: deadline.Kind(given["kind"]), Electronic: true})
		if errors.Is(err, deadline.ErrNoRule) {
			return "", fault.Fields{"kind": "No rule says by when such a request is decided"}.Err()
		}
		return k.Due.In(p.Zone()).Format(MomentForm), err
	},
}

func kindChoices() (all []Choice) {
	for _, k := range deadline.Kinds {
		all = append(all, Choice{string(k), strings.ToUpper(k.Words()[:1]) + k.Words()[1:]})
	}
	return all
}

// programExam asks whether a file is taken.
var programExam = Exam{
	Given:  []Field{{Key: "type", Label: "Type of file", Input: Choose, Choices: typeChoices()}, {Key: "mb", Label: "Size", Unit: "MB", Input: Number}, {Key: "pages", Label: "Pages", Input: Number}},
	Answer: Field{Key: "expected", Label: "The file is", Input: Choose, Choices: []Choice{{"taken", "Taken"}, {"refused", "Refused"}}},
	try: func(ctx context.Context, tx *db.Tx, id string, d, given Doc) (string, error) {
		p, err := programWith(ctx, tx, id, d)
		if err != nil {
			return "", err
		}
		f := fault.Fields{}
		mb, pages := countOf(f, given, "mb"), countOf(f, given, "pages")
		if p.Files.Takes(inspect.Type(given["type"])) && mb <= p.Files.MB && pages <= p.Files.Pages {
			return "taken", f.Err()
		}
		return "refused", f.Err()
	},
}

func typeChoices() (all []Choice) {
	for _, t := range inspect.Types {
		all = append(all, Choice{string(t), t.Words()})
	}
	return all
}

// waveExam asks whether an organization has what a wave is about, with the
// other waves as they are now.
var waveExam = Exam{
	Given: []Field{{Key: "office", Label: "Organization", Hint: "As it is written in its account", Input: Line}, {Key: "line", Label: "Type of plan", Input: Choose, Choices: LineCodes},
		{Key: "state", Label: "State of the office", Hint: "Two letters, or empty", Optional: true, Input: Line, None: "Any"}, dayGiven},
	Answer: Field{Key: "expected", Label: "The organization", Input: Choose, Choices: []Choice{{"has", "Has it"}, {"not", "Doesn’t have it"}}},
	try: func(ctx context.Context, tx *db.Tx, id string, d, given Doc) (string, error) {
		w, err := waveWith(ctx, tx, id, d)
		if err != nil {
			return "", err
		}
		day, err := dayIn(given, "day")
		if err != nil {
			return "", err
		}
		o, err := account.OrganizationByName(ctx, tx, given["office"])
		if fault.Is(err, fault.NotFound) {
			return "", fault.Fields{"office": "There is no organization of this name"}.Err()
		}
		if err != nil {
			return "", err
		}
		now, _, err := plan.StageWith(ctx, tx, w.Rollout, plan.Office{Line: given["line"], State: given["state"], OrganizationID: o.ID}, day)
		byHand := now.StoppedAt != nil && now.ID == id // says nothing of how the wave is set
		if now.Stage.Open() || byHand && w.Stage.Open() {
			return "has", err
		}
		return "not", err
	},
}

// calendarExam asks whether a plan does business on a day.
var calendarExam = Exam{
	Given:  []Field{dayGiven, {Key: "counts", Label: "For", Input: Choose, Choices: []Choice{{string(plan.ForClocks), "Clocks"}, {string(plan.ForCalls), "Calls"}}}},
	Answer: Field{Key: "expected", Label: "The plan is", Input: Choose, Choices: []Choice{{"open", "Open"}, {"part", "Closed for some hours"}, {"closed", "Closed"}}},
	try: func(_ context.Context, _ *db.Tx, _ string, d, given Doc) (string, error) {
		all, err := Holidays(d)
		if err != nil {
			return "", err
		}
		day, err := dayIn(given, "day")
		c := civil.Calendar{Zone: time.UTC, Holidays: plan.Counted(all, plan.Counting(given["counts"]))}
		_, _, part := c.Shut(day)
		switch {
		case err != nil || !c.IsBusinessDay(day):
			return "closed", err
		case part:
			return "part", nil
		}
		return "open", nil
	},
}

// delegationExam asks who does something for a plan on a day.
var delegationExam = Exam{
	Given: []Field{lineGiven, {Key: "function", Label: "What", Input: Choose, Choices: []Choice{{string(plan.Utilization), "Decisions"}, {string(plan.PeerToPeer), "Calls"}, {string(plan.Reconsideration), "Reconsiderations"}, {string(plan.Appeal), "Appeals"}}},
		{Key: "program", Label: "Program", Hint: "Its code", Input: Line}, dayGiven},
	Answer: Field{Key: "expected", Label: "Done by", Input: Choose, Choices: []Choice{{string(plan.Us), "Us"}, {string(plan.ThePlan), "The plan"}, {string(plan.Nobody), "Nobody"}}},
	try: func(ctx context.Context, tx *db.Tx, id string, d, given Doc) (string, error) {
		programs, err := plan.Programs(ctx, tx)
		if err != nil {
			return "", err
		}
		all, err := matrix(ctx, tx, plan.ID(id), programs, d)
		if err != nil {
			return "", err
		}
		i := slices.IndexFunc(programs, func(p plan.Program) bool { return p.Code == given["program"] })
		if i < 0 {
			return "", fault.Fields{"program": "There is no program of this code"}.Err()
		}
		day, err := dayIn(given, "day")
		asked := slices.DeleteFunc(all, func(one plan.Delegation) bool {
			return one.Line != given["line"] || string(one.Function) != given["function"]
		})
		return string(plan.DoerOf(asked, programs[i].ID, day)), err
	},
}

// MomentForm is how a date and a time of a zone are written in a document.
const MomentForm = "2006-01-02T15:04"

// momentOf reads a date and a time of a zone.
func momentOf(given Doc, key string, zone *time.Location) (time.Time, error) {
	at, err := time.Parse(MomentForm, given[key])
	if err != nil {
		return at, fault.Fields{key: "Enter a date and a time, like 2026-11-24T14:30"}.Err()
	}
	return civil.Start(civil.DateIn(at, time.UTC), at.Hour()*60+at.Minute(), zone), nil
}

func dayIn(given Doc, key string) (civil.Date, error) {
	f := fault.Fields{}
	d, err := civil.ParseDate(given[key])
	f.Check(err == nil, key, "Enter a date, like 2026-11-24")
	return d, f.Err()
}

func countOf(f fault.Fields, given Doc, key string) int {
	n, err := strconv.Atoi(given[key])
	f.Check(err == nil && n >= 0, key, "Enter a whole number")
	return n
}
