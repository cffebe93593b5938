package help

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var (
	omar   = account.Actor{ID: "per_omar", Name: "Omar Ali", Seats: []account.Seat{{Role: account.Admin}}}
	office = account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OrgAdmin}}}
)

func TestWhetherADeskIsOpen(t *testing.T) {
	loc, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) civil.Date {
		d, err := civil.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	at := func(d string, minute int) time.Time { return civil.Start(day(d), minute, loc) }
	desk := Desk{Hours: civil.Hours{Open: 480, Close: 1080}, Calendar: civil.Calendar{Zone: loc, Holidays: civil.Holidays{{Falls: civil.OnDate(day("2026-11-26")), Name: "Thanksgiving Day"}}}}
	for name, c := range map[string]struct {
		now     time.Time
		open    bool
		changes time.Time
	}{
		"before it opens":     {at("2026-11-23", 479), false, at("2026-11-23", 480)},
		"as it opens":         {at("2026-11-23", 480), true, at("2026-11-23", 1080)},
		"as it closes":        {at("2026-11-23", 1080), false, at("2026-11-24", 480)},
		"before a holiday":    {at("2026-11-25", 1100), false, at("2026-11-27", 480)},
		"on the holiday":      {at("2026-11-26", 600), false, at("2026-11-27", 480)},
		"on a Saturday":       {at("2026-11-28", 600), false, at("2026-11-30", 480)},
		"as clocks go back":   {at("2026-10-30", 1100), false, at("2026-11-02", 480)},
		"as clocks go ahead":  {at("2026-03-06", 1100), false, at("2026-03-09", 480)},
		"a minute before end": {at("2026-11-23", 1079), true, at("2026-11-23", 1080)},
	} {
		if s := desk.At(c.now); s.Open != c.open || !s.Changes.Equal(c.changes) {
			t.Errorf("%s: %+v, want %v %v", name, s, c.open, c.changes)
		}
	}
	if s := (Desk{Calendar: civil.Calendar{Zone: loc}}).At(at("2026-11-23", 600)); s.Open || !s.Changes.IsZero() {
		t.Errorf("a desk without hours: %+v", s)
	}
}

func TestWhatAnEntryMustSay(t *testing.T) {
	for name, c := range map[string]struct {
		e     Entry
		field string
	}{
		"a question without an answer":   {Entry{Kind: Question, Name: "Why?"}, "text"},
		"no name":                        {Entry{Kind: Question, Text: "Because"}, "name"},
		"a script":                       {Entry{Kind: Resource, Name: "x", Href: "javascript:alert(1)"}, "href"},
		"somewhere without HTTPS":        {Entry{Kind: Resource, Name: "x", Href: "http://x.example"}, "href"},
		"another site by two slashes":    {Entry{Kind: Resource, Name: "x", Href: "//x.example"}, "href"},
		"nobody to reach":                {Entry{Kind: Contact, Name: "x"}, "phone"},
		"no address of mail":             {Entry{Kind: Contact, Name: "x", Email: "x"}, "email"},
		"a zone that isn't one":          {Entry{Kind: Contact, Name: "x", Phone: "1", Closes: 600, Zone: "Mars"}, "zone"},
		"it closes before it opens":      {Entry{Kind: Contact, Name: "x", Phone: "1", Opens: 700, Closes: 600, Zone: "America/Chicago"}, "closes"},
		"a topic that nobody has":        {Entry{Kind: Question, Name: "x", Text: "y", Topic: "z"}, "topic"},
		"neither of what entries can be": {Entry{Kind: "x", Name: "x"}, "kind"},
	} {
		if err := c.e.Check(); fault.Of(err).Fields[c.field] == "" {
			t.Errorf("%s: nothing at %s: %v", name, c.field, err)
		}
	}
	for _, href := range []string{"https://www.cms.gov/a?b=c", "/procedures"} {
		if err := (Entry{Kind: Resource, Name: "x", Href: href}).Check(); err != nil {
			t.Errorf("%s: %v", href, err)
		}
	}
}

func TestDesksOfAPlan(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		err := d.Update(ctx, func(tx *db.Tx) error {
			for _, code := range []string{"bay", "harbor"} {
				p, err := plan.Save(ctx, tx, omar, plan.Plan{Code: code, Name: code, TimeZone: "America/Chicago", Phone: "(800) 555-0142"})
				if err != nil {
					return err
				}
				if err := plan.SaveLine(ctx, tx, omar, plan.Line{PlanID: p.ID, Code: "medicaid", Name: "Medicaid", Phone: "(800) 555-0143", DecisionDays: 7, UrgentHours: 72, CallEffect: "change"}); err != nil {
					return err
				}
			}
			if _, err := plan.SaveProgram(ctx, tx, omar, plan.Program{Code: "imaging", Name: "Imaging", SlotMinutes: 30, Confirm: "instant", LookAheadDays: 10, HoldMinutes: 5, Fax: "(800) 555-0199"}); err != nil {
				return err
			}
			if _, err := Save(ctx, tx, office, Entry{Kind: Question, Name: "Why?", Text: "So"}); !fault.Is(err, fault.Denied) {
				t.Errorf("an office saves: %v", err)
			}
			if _, err := Save(ctx, tx, omar, Entry{Kind: Contact, Name: "x", Phone: "1", Plans: []string{"none"}}); fault.Of(err).Fields["plans"] == "" {
				t.Errorf("a plan that isn't there: %v", err)
			}
			mine := Entry{Kind: Contact, Name: "Intake", Phone: "(800) 555-0150", Plans: []string{"bay"}, Zone: "America/New_York", Opens: 480, Closes: 1080, Shown: true}
			if _, err := Save(ctx, tx, omar, mine); err != nil {
				return err
			}
			mine.Name, mine.Shown = "Hidden", false
			if _, err := Save(ctx, tx, omar, mine); err != nil {
				return err
			}
			for code, want := range map[string]int{"bay": 4, "harbor": 3, "": 6} {
				all, err := Desks(ctx, tx, code, "")
				if err != nil || len(all) != want {
					t.Errorf("%q: %d desks, want %d: %v", code, len(all), want, err)
				}
			}
			all, err := All(ctx, tx, omar)
			if len(all) != 2 {
				t.Errorf("%d entries for the administrator", len(all))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
