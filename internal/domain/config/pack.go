package config

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// PackSubject is a pack of rules about clocks as a subject, by its id.
func PackSubject(id string) Subject { return Subject{packKindName, id} }

const packKindName = "pack"

var packKind = kind{
	name:   packKindName,
	fields: []Field{{Key: "text", Label: "Text of the pack", Section: "What it says", Input: Lines, Prose: true, told: tellPack, Hint: "JSON, as docs/deadlines.md describes it. What is live never changes: give a change a new version, and the first day on which it holds"}},
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		p, err := deadline.Latest(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return packDoc(p)
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		p, err := packWith(id, d)
		if err != nil {
			return nil, err
		}
		if err := deadline.Fits(ctx, tx, p); err != nil {
			return nil, err
		}
		return packDoc(p)
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		p, err := packWith(id, d)
		if err != nil {
			return err
		}
		return deadline.Renew(ctx, tx, by, p)
	},
	reads: func(Doc) []string { return nil },
}

func packDoc(p *deadline.Pack) (Doc, error) {
	text, err := p.Text()
	return Doc{"text": text}, err
}

// PackOf is the pack of a document, with what keeps it from being one.
func PackOf(d Doc) (*deadline.Pack, []deadline.Problem) {
	if strings.TrimSpace(d["text"]) == "" {
		return nil, []deadline.Problem{{Line: 1, Text: "enter the text of the pack"}}
	}
	return deadline.ReadOne(d["text"])
}

// packWith is PackOf with an Invalid fault at "text".
func packWith(id string, d Doc) (*deadline.Pack, error) {
	p, bad := PackOf(d)
	if len(bad) > 0 {
		var lines []string
		for _, one := range bad {
			lines = append(lines, one.String())
		}
		return nil, fault.Fields{"text": words.AsIs(strings.Join(lines, ". "))}.Err()
	}
	if p.ID != id {
		return nil, fault.Fields{"text": words.Say("The id of the pack must stay %s", id)}.Err()
	}
	return p, nil
}

// NewPackID is the id that a new pack's text gives it. An Invalid fault is at
// "text".
func NewPackID(ctx context.Context, tx *db.Tx, d Doc) (string, error) {
	p, bad := PackOf(d)
	if len(bad) > 0 {
		_, err := packWith("", d)
		return "", err
	}
	now, err := Current(ctx, tx, PackSubject(p.ID))
	if err != nil {
		return "", err
	}
	open, err := openOf(ctx, tx, PackSubject(p.ID))
	if err != nil {
		return "", err
	}
	f := fault.Fields{}
	f.Check(len(now) == 0 && open.ID == "", "text", words.Say("There is a rule pack %s already. Change that one", p.ID))
	return p.ID, f.Err()
}

func tellPack(text string) (all []said) {
	p, bad := deadline.ReadOne(text)
	if len(bad) > 0 {
		return nil
	}
	for _, t := range p.Tell() {
		all = append(all, said{t.About, t.Words})
	}
	return all
}

// PublishPacks publishes packs that somebody wrote as a file, and keeps them as
// versions. Faults and who may are those of deadline.Publish.
func PublishPacks(ctx context.Context, tx *db.Tx, by account.Actor, text []byte) (n int, err error) {
	some, err := deadline.Read(text)
	if err != nil { // Publish says so in a fault
		return deadline.Publish(ctx, tx, by, text)
	}
	for _, p := range some {
		if err := Witness(ctx, tx, account.Program(), PackSubject(p.ID), found(PackSubject(p.ID))); err != nil {
			return 0, err
		}
	}
	if n, err = deadline.Publish(ctx, tx, by, text); err != nil {
		return n, err
	}
	for _, p := range some {
		if err := Witness(ctx, tx, by, PackSubject(p.ID), "Set by a file."); err != nil {
			return n, err
		}
	}
	return n, nil
}

// packExam asks by when a request is due by these rules alone, in Central Time.
var packExam = Exam{
	Given: []Field{{Key: "received", Label: "Received", Input: Moment}, {Key: "kind", Label: "Request", Input: Choose, Choices: kindChoices()},
		{Key: "channel", Label: "It came", Input: Choose, Choices: []Choice{{"electronic", "Electronically"}, {"other", "By phone, fax or mail"}}},
		{Key: "asked", Label: "Information was asked for", Input: Moment, Optional: true, None: "No"}, {Key: "answered", Label: "The information came", Input: Moment, Optional: true, None: "No"}},
	Answer: Field{Key: "expected", Label: "Due", Input: Moment},
	try: func(_ context.Context, tx *db.Tx, id string, d, given Doc) (string, error) {
		p, err := packWith(id, d)
		if err != nil {
			return "", err
		}
		zone, err := civil.Zone(civil.DefaultZone)
		if err != nil {
			return "", err
		}
		facts, err := packFacts(given, zone)
		if err != nil {
			return "", err
		}
		k, err := deadline.Reckon([]*deadline.Pack{p}, facts, facts.Received)
		if errors.Is(err, deadline.ErrNoRule) {
			return "", fault.Fields{"kind": "No rule says by when such a request is decided"}.Err()
		}
		return k.Due.In(zone).Format(MomentForm), err
	},
}

// longestWait is when a wait for information ends that nothing else ends.
const longestWait = 45 * 24 * time.Hour

// packFacts are those of a test case: federal holidays, and a day from 8 to 6.
func packFacts(given Doc, zone *time.Location) (f deadline.Facts, err error) {
	f = deadline.Facts{Kind: deadline.Kind(given["kind"]), Electronic: given["channel"] != "other", Calendar: civil.Calendar{Zone: zone, Holidays: civil.FederalHolidays()}, Hours: civil.Hours{Open: 8 * 60, Close: 18 * 60}}
	if f.Received, err = momentOf(given, "received", zone); err != nil || given["asked"] == "" {
		return f, err
	}
	asked, err := momentOf(given, "asked", zone)
	if err != nil {
		return f, err
	}
	f.Events = []deadline.Event{{Kind: deadline.Asked, At: asked, Until: asked.Add(longestWait)}}
	if given["answered"] == "" {
		return f, nil
	}
	answered, err := momentOf(given, "answered", zone)
	f.Events = append(f.Events, deadline.Event{Kind: deadline.Answered, At: answered})
	if err == nil && !slices.IsSortedFunc(f.Events, func(a, b deadline.Event) int { return a.At.Compare(b.At) }) {
		err = fault.Fields{"answered": "The answer must come after the question"}.Err()
	}
	return f, err
}
