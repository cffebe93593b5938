package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/deadline"
	"parley/internal/infra/db"
)

type deadlineCmd struct {
	Explain deadlineExplainCmd `cmd:"" help:"Say by when a request must be decided, and how that comes about, step by step."`
	Packs   deadlinePacksCmd   `cmd:"" help:"List the rule packs that come with Parley."`
	Import  deadlineImportCmd  `cmd:"" help:"Publish rule packs of your own: JSON, as docs/deadlines.md describes it. What is published never changes, so a new rule needs a new version."`
}

type deadlineExplainCmd struct {
	Pack     []string `help:"Rule packs that hold, by id, such as medicare-advantage." required:""`
	Received string   `help:"When the request was received, like 2026-11-20T16:30:00-06:00." required:""`
	Urgency  string   `help:"What kind of request it is: ${enum}." enum:"standard,urgent,concurrent,retrospective,post_stabilization" default:"standard"`
	Channel  string   `help:"How it came: ${enum}." enum:"electronic,other" default:"electronic"`
	State    string   `help:"The member's state, two letters."`
	Zone     string   `help:"The plan's time zone." default:"America/Chicago"`
	Opens    string   `help:"When the plan opens." default:"08:00"`
	Closes   string   `help:"When it closes." default:"18:00"`
	Asked    string   `help:"When information was asked for." placeholder:"TIME"`
	Until    string   `help:"Until when it was waited for." placeholder:"TIME"`
	Answered string   `help:"When it came." placeholder:"TIME"`
	Extended string   `help:"When the time was extended." placeholder:"TIME"`
	Urgent   string   `help:"When a standard request was found to be urgent." placeholder:"TIME"`
	File     string   `help:"A file with more rule packs." type:"existingfile"`
}

// Run prints the steps of the rule that counts and the due times of the others.
func (c *deadlineExplainCmd) Run(s *streams) error {
	f, err := c.facts()
	if err != nil {
		return errUsage{err}
	}
	packs, err := c.packs(civil.DateIn(f.Received, f.Calendar.Zone))
	if err != nil {
		return errUsage{err}
	}
	now := f.Received
	for _, e := range f.Events {
		now = e.At
	}
	k, err := deadline.Reckon(packs, f, now)
	if err != nil {
		return err
	}
	when := func(t time.Time) string { return civil.Deadline(t, f.Calendar.Zone, f.Received).String() }
	fmt.Fprintf(s.out, "Due %s (%s)\n", when(k.Due), k.Due.UTC().Format(time.RFC3339))
	fmt.Fprintf(s.out, "By %s, %s: %s\n", k.Pack.Name, k.Pack.Version, k.Rule.Citation)
	for _, step := range k.Steps {
		fmt.Fprintf(s.out, "  %-32s %s\n", step.When(f.Calendar.Zone, f.Received), step.Text)
	}
	if k.Rule.Late != "" {
		fmt.Fprintf(s.out, "  %s\n", k.Rule.Late)
	}
	for _, other := range k.Limits[1:] {
		fmt.Fprintf(s.out, "%s would want it by %s: %s\n", other.Pack.Name, when(other.Due), other.Rule.Citation)
	}
	return nil
}

func (c *deadlineExplainCmd) packs(day civil.Date) ([]*deadline.Pack, error) {
	all := deadline.Library()
	if c.File != "" {
		text, err := os.ReadFile(c.File)
		if err != nil {
			return nil, err
		}
		own, err := deadline.Read(text)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, own)
	}
	var found []*deadline.Pack
	for _, id := range c.Pack {
		p := deadline.Current(all, id, day)
		if p == nil {
			return nil, fmt.Errorf("no rule pack %q holds on %s; `parley deadline packs` lists them", id, day)
		}
		found = append(found, p)
	}
	return found, nil
}

func (c *deadlineExplainCmd) facts() (f deadline.Facts, err error) {
	zone, err := civil.Zone(c.Zone)
	if err != nil {
		return f, err
	}
	if f.Received, err = instant("received", c.Received); err != nil {
		return f, err
	}
	f.Kind, f.Electronic, f.State = deadline.Kind(c.Urgency), c.Channel == "electronic", c.State
	f.Calendar = civil.Calendar{Zone: zone, Holidays: civil.FederalHolidays()}
	if f.Hours, err = c.hours(); err != nil {
		return f, err
	}
	for _, e := range []struct {
		flag, at string
		event    deadline.Event
	}{
		{"asked", c.Asked, deadline.Event{Kind: deadline.Asked}},
		{"answered", c.Answered, deadline.Event{Kind: deadline.Answered}},
		{"urgent", c.Urgent, deadline.Event{Kind: deadline.Reclassified, To: deadline.Urgent, Why: "the request was found to be urgent."}},
		{"extended", c.Extended, deadline.Event{Kind: deadline.Extended, Why: "as the rule allows."}},
	} {
		if e.at == "" {
			continue
		}
		if e.event.At, err = instant(e.flag, e.at); err != nil {
			return f, err
		}
		if e.flag == "asked" {
			if e.event.Until, err = instant("until", c.Until); err != nil {
				return f, err
			}
		}
		f.Events = append(f.Events, e.event)
	}
	slices.SortStableFunc(f.Events, func(a, b deadline.Event) int { return a.At.Compare(b.At) })
	return f, nil
}

func (c *deadlineExplainCmd) hours() (civil.Hours, error) {
	opens, ok := civil.ParseMinute(c.Opens)
	if !ok {
		return civil.Hours{}, fmt.Errorf("--opens must read like 08:00, not %q", c.Opens)
	}
	closes, ok := civil.ParseMinute(c.Closes)
	if !ok || closes <= opens {
		return civil.Hours{}, fmt.Errorf("--closes must read like 18:00 and be after --opens, not %q", c.Closes)
	}
	return civil.Hours{Open: opens, Close: closes}, nil
}

func instant(flag, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("--%s must read like 2026-11-20T16:30:00-06:00, not %q", flag, text)
	}
	return t, nil
}

type deadlinePacksCmd struct{}

// Run lists every version of every pack.
func (deadlinePacksCmd) Run(s *streams) error {
	for _, p := range deadline.Library() {
		until := ""
		if !p.To.IsZero() {
			until = " until " + p.To.String()
		}
		fmt.Fprintf(s.out, "%-24s %-8s from %s%s  %s (%s)\n", p.ID, p.Version, p.From, until, p.Name, p.Source)
	}
	return nil
}

type deadlineImportCmd struct {
	storage
	File string `arg:"" help:"The rule packs." type:"existingfile"`
}

// Run publishes all of the file or nothing.
func (c *deadlineImportCmd) Run(s *streams) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	n := 0
	err = c.with(s, func(ctx context.Context, tx *db.Tx) error {
		n, err = config.PublishPacks(ctx, tx, account.Program(), text)
		return err
	})
	if err == nil {
		fmt.Fprintf(s.out, "imported %d\n", n)
	}
	return err
}
