package deadline_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

var admin = account.Actor{ID: "per_o", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}

const sla = `{
  "id": "lake", "version": "V", "name": "Lakeland", "basis": "contract", "source": "Contract 12", "from": "FROM",
  "rules": [
    {"id": "standard", "kinds": ["standard"], "within": "3 business days",
     "sentence": "We decide within 3 business days.", "citation": "4.2"}
  ]
}`

func pack(t *testing.T, version, from string) *deadline.Pack {
	t.Helper()
	p, bad := deadline.ReadOne(strings.NewReplacer(`"V"`, `"`+version+`"`, "FROM", from).Replace(sla))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return p
}

// A version that goes live takes back those that begin then or later; one that
// was taken back comes back as it was.
func TestAVersionTakesOthersBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		renew := func(by account.Actor, p *deadline.Pack) error {
			return d.Update(context.Background(), func(tx *db.Tx) error { return deadline.Renew(context.Background(), tx, by, p) })
		}
		holds := func(day string, want string) {
			t.Helper()
			err := d.View(context.Background(), func(tx *db.Tx) error {
				all, err := deadline.Packs(context.Background(), tx)
				got := ""
				if p := deadline.Current(all, "lake", pack(t, "x", day).From); p != nil {
					got = p.Version
				}
				if got != want {
					t.Errorf("on %s holds %q, want %q", day, got, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := renew(account.Actor{ID: "per_x"}, pack(t, "1", "2026-01-01")); !fault.Is(err, fault.Denied) {
			t.Errorf("a stranger made law: %v", err)
		}
		for _, step := range []struct{ version, from, now, later string }{
			{"1", "2026-01-01", "1", "1"},
			{"2", "2027-01-01", "1", "2"},
			{"3", "2026-06-01", "3", "3"}, // 2 is taken back
			{"2", "2027-01-01", "3", "2"}, // and comes again
			{"4", "2027-01-01", "3", "4"}, // in the place of 2
			{"1", "2026-01-01", "1", "1"}, // back to the beginning
		} {
			if err := renew(admin, pack(t, step.version, step.from)); err != nil {
				t.Fatalf("%+v: %v", step, err)
			}
			holds("2026-11-23", step.now)
			holds("2027-03-01", step.later)
		}
		if err := renew(admin, pack(t, "1", "2026-02-01")); !strings.Contains(fault.Of(err).Fields["text"].String(), "published with other words") {
			t.Errorf("other words: %v", err)
		}
		shipped := deadline.Current(deadline.Library(), "medicare-advantage", pack(t, "x", "2026-11-23").From)
		mine := *shipped
		mine.Version, mine.From = "own", pack(t, "x", "2025-01-01").From
		if err := renew(admin, &mine); !strings.Contains(fault.Of(err).Fields["text"].String(), "comes with Parley, holds from") {
			t.Errorf("before the shipped one: %v", err)
		}
		mine.From = shipped.From
		if err := renew(admin, &mine); err != nil {
			t.Fatal(err)
		}
		err := d.View(context.Background(), func(tx *db.Tx) error {
			all, err := deadline.Packs(context.Background(), tx)
			if got := deadline.Current(all, shipped.ID, shipped.From); got.Version != "own" {
				t.Errorf("%s counts before one's own", got.Version)
			}
			if got := deadline.Current(deadline.With(all, shipped), shipped.ID, shipped.From); got.Version != shipped.Version {
				t.Errorf("with the shipped one live again %s counts", got.Version)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// What is wrong with a text is said all at once, each at its line.
func TestWhatIsWrongIsSaidByLine(t *testing.T) {
	for name, c := range map[string]struct{ old, now, want string }{
		"no mistake":  {"", "", ""},
		"a comma":     {`"4.2"}`, `"4.2",}`, "Line 5"},
		"no time":     {`3 business days",`, `3 moons",`, `Line 4, “{"id": "standard", "kinds": ["standard"]…”: "3 moons" is not a time`},
		"a kind":      {`["standard"]`, `["slow"]`, `Line 4, “{"id": "standard", "kinds": ["slow"], "w…”: there is no kind "slow"`},
		"a field":     {`"sentence"`, `"sentense"`, "there is no field “sentense” here"},
		"no source":   {`"Contract 12"`, `""`, "it needs a name, a source and the day"},
		"a number":    {`"4.2"`, `4.2`, "can’t be a number"},
		"no citation": {`"4.2"`, `""`, "Line 4"},
	} {
		_, bad := deadline.ReadOne(strings.Replace(strings.ReplaceAll(sla, "FROM", "2026-01-01"), c.old, c.now, 1))
		if c.want == "" {
			if len(bad) > 0 {
				t.Errorf("%s: %v", name, bad)
			}
			continue
		}
		if len(bad) != 1 || !strings.Contains(bad[0].String(), c.want) {
			t.Errorf("%s: %v, want %s", name, bad, c.want)
		}
	}
	two := strings.ReplaceAll(sla, "FROM", "2026-01-01")
	rule := two[strings.Index(two, "    {"):strings.Index(two, "\n  ]")]
	_, bad := deadline.ReadOne("[" + strings.Replace(two, rule, strings.Replace(rule, "3 business", "3 odd", 1)+",\n"+strings.Replace(strings.Replace(rule, "standard", "again", 1), `"4.2"`, `""`, 1), 1) + "]")
	if len(bad) != 2 || bad[0].Line != 4 || bad[1].Line != 6 {
		t.Errorf("two mistakes: %v", bad)
	}
	if _, bad := deadline.ReadOne("[]"); len(bad) != 1 {
		t.Errorf("none: %v", bad)
	}
}

// Every pack that comes with the program comes back from its text, and two
// versions differ in what they say.
func TestAPackIsItsText(t *testing.T) {
	for _, p := range deadline.Library() {
		text, err := p.Text()
		again, bad := deadline.ReadOne(text)
		if err != nil || len(bad) > 0 {
			t.Fatalf("%s: %v %v", p.Ref(), err, bad)
		}
		back, _ := again.Text()
		if back != text {
			t.Errorf("%s is another: %s", p.Ref(), back)
		}
		about := map[string]bool{}
		for _, one := range p.Tell() {
			if about[one.About] {
				t.Errorf("%s says twice what is %s", p.Ref(), one.About)
			}
			about[one.About] = true
		}
	}
}
