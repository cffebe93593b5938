package config_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

var tessa = account.Actor{ID: "per_t", Name: "Tessa", Seats: []account.Seat{{Role: account.Admin}}}

// A templates is a small world whose templates change.
type templates struct {
	*scene.World
	t *testing.T
	s config.Subject
}

func eachTemplates(t *testing.T, f func(w *templates)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		f(&templates{scene.New(t, d, 1), t, config.TemplateSubject("denied-member-en")})
	})
}

func (w *templates) now() (d config.Doc) {
	w.t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) { d, err = config.Current(ctx, tx, w.s); return err })
	return d
}

func (w *templates) with(changes ...string) config.Doc {
	d := w.now()
	d["text"] = strings.NewReplacer(changes...).Replace(d["text"])
	return d
}

func (w *templates) save(d config.Doc) error {
	return w.Try(func(ctx context.Context, tx *db.Tx) error {
		_, err := config.Save(ctx, tx, tessa, w.s, d, 0)
		return err
	})
}

func (w *templates) live(d config.Doc) {
	w.t.Helper()
	if err := w.save(d); err != nil {
		w.t.Fatal(err, fault.Of(err).Fields)
	}
	w.Do(func(ctx context.Context, tx *db.Tx) error { return config.GoLive(ctx, tx, tessa, w.s, 1, "Asked for.") })
}

func (w *templates) versions() (all []config.Version) {
	w.t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = config.Versions(ctx, tx, tessa, w.s)
		return err
	})
	return all
}

// counts is the template that counts for a denial of the member.
func (w *templates) counts(plan string) (ref string) {
	w.t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		day, err := letter.Today(tx)
		if err != nil {
			return err
		}
		all, err := letter.Holding(ctx, tx, letter.Case{Kind: letter.Denied, Audience: letter.Member, Language: "en", Plan: plan, Line: "commercial", State: "TX"}, day)
		ref = all[0].Ref()
		return err
	})
	return ref
}

// One that came with the program is changed, at once and at a time, and back;
// each time it has a version of its own.
func TestATemplateHasVersions(t *testing.T) {
	eachTemplates(t, func(w *templates) {
		before := w.now()
		if before["version"] != "2026.1" || before["used"] != "yes" || before["kind"] != "denied" {
			t.Fatalf("%v", before)
		}
		w.live(w.with("Dear", "Hello"))
		if got := w.counts("harbor"); got != "denied-member-en@2026.2" {
			t.Error(got)
		}
		all := w.versions()
		if len(all) != 2 || config.LetterVersion(all[0].Doc) != "2026.2" || config.LetterVersion(all[1].Doc) != "2026.1" {
			t.Fatalf("%+v", all)
		}
		diff := config.Diff(w.s, all[1].Doc, all[0].Doc)
		if len(diff) != 1 || diff[0].Was != "Dear {{.Member.Name}}," || diff[0].Is != "Hello {{.Member.Name}}," {
			t.Errorf("%+v", diff)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.RollBack(ctx, tx, tessa, w.s, 1, 2, "They liked it before.")
		})
		if now := w.now(); now["text"] != before["text"] || w.counts("harbor") != "denied-member-en@2026.3" {
			t.Errorf("not back: %v", now)
		}
		if err := w.save(w.with("Dear", "Good day")); err != nil {
			t.Fatal(err)
		}
		at := dbtest.Clock.Add(24 * time.Hour)
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.Schedule(ctx, tx, tessa, w.s, 1, at, "America/Chicago", "From tomorrow.")
		})
		var due config.Due
		for _, v := range w.versions() {
			if v.State == config.Scheduled {
				due = config.Due{ID: v.ID, Revision: v.Revision}
			}
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error { return config.GoLiveDue(ctx, tx, due) })
		if got := w.counts("harbor"); got != "denied-member-en@2026.3" {
			t.Errorf("before its time: %s", got)
		}
		w.DB.Now = func() time.Time { return at }
		w.Do(func(ctx context.Context, tx *db.Tx) error { return config.GoLiveDue(ctx, tx, due) })
		if got := w.counts("harbor"); got != "denied-member-en@2026.4" || !strings.Contains(w.now()["text"], "Good day") {
			t.Errorf("at its time: %s", got)
		}
	})
}

// What can't be published is refused as a draft already, at its field.
func TestATemplateThatCannotBe(t *testing.T) {
	eachTemplates(t, func(w *templates) {
		fresh := maps.Clone(w.now())
		fresh["plan"] = "harbor"
		change := func(d config.Doc, key, text string) config.Doc {
			d = maps.Clone(d)
			d[key] = text
			return d
		}
		own := config.TemplateSubject("harbor-denied")
		for _, c := range []struct {
			s                config.Subject
			d                config.Doc
			field, says, not string
		}{
			{w.s, w.with("{{.Member.Name}},", "{{.Member.Nickname}},", `{{template "rights" .}}`, ""), "text", `{{.Member.Nickname}} isn't available here. The clause {{template "rights" .}} is missing`, ""},
			{w.s, w.with("Dear", "Dear QIO"), "text", "“QIO” isn’t explained", ""},
			{w.s, change(w.now(), "used", ""), "used", "no template left", ""},
			{w.s, change(w.now(), "plan", "harbor"), "kind", "can’t change", ""},
			{own, change(fresh, "plan", "nowhere"), "plan", "no plan of this code", ""},
			{own, change(fresh, "plan", ""), "plan", "denied-member-en is for the same letters", ""},
			{own, change(fresh, "state", "ZZ"), "state", "Choose one", ""},
			{own, change(change(fresh, "audience", "provider"), "language", "es"), "language", "in English", ""},
		} {
			w.s = c.s
			if err := w.save(c.d); !strings.Contains(fault.Of(err).Fields[c.field].String(), c.says) {
				t.Errorf("%s: %v %v", c.says, err, fault.Of(err).Fields)
			}
		}
	})
}

// One for a plan counts for it, until it is turned off.
func TestATemplateForAPlan(t *testing.T) {
	eachTemplates(t, func(w *templates) {
		d := w.with("Dear", "Hello")
		d["plan"] = "harbor"
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			id, err := config.NewTemplateID(ctx, tx, d)
			if id != "harbor-denied-member-en" {
				t.Error(id)
			}
			w.s = config.TemplateSubject(id)
			return err
		})
		w.live(d)
		if a, b := w.counts("harbor"), w.counts("summit"); a != "harbor-denied-member-en@2026.1" || b != "denied-member-en@2026.1" {
			t.Error(a, b)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			id, err := config.NewTemplateID(ctx, tx, d)
			if id != "harbor-denied-member-en-2" {
				t.Error(id)
			}
			return err
		})
		d = w.now()
		d["used"] = ""
		w.live(d)
		if got := w.counts("harbor"); got != "denied-member-en@2026.1" {
			t.Error(got)
		}
	})
}

// A file from the shell is a version like those made on screen; one for a later
// day becomes one on its day.
func TestAPublishedFileIsAVersion(t *testing.T) {
	eachTemplates(t, func(w *templates) {
		publish := func(version, from, dear string) {
			t.Helper()
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				now, err := letter.Current(ctx, tx, w.s.ID)
				if err != nil {
					return err
				}
				file := strings.NewReplacer("version: "+now.Version, "version: "+version, "from: "+now.From.String(), "from: "+from, "Dear", dear).Replace(now.Text)
				fresh, err := config.PublishTemplate(ctx, tx, account.Program(), file)
				if err == nil && !fresh {
					t.Error("not published")
				}
				return err
			})
		}
		publish("2026.7", "2026-11-01", "Hello")
		all := w.versions()
		if len(all) != 2 || all[0].Why != "Set by a file." || config.LetterVersion(all[0].Doc) != "2026.7" || config.LetterVersion(all[1].Doc) != "2026.1" {
			t.Fatalf("%+v", all)
		}
		publish("2026.8", "2026-11-25", "Good day")
		if all = w.versions(); len(all) != 2 {
			t.Errorf("before its day: %+v", all)
		}
		w.live(w.with("Hello", "Hi")) // meanwhile somebody changes it on screen
		if got := w.counts("harbor"); got != "denied-member-en@2026.9" {
			t.Error(got)
		}
		w.DB.Now = func() time.Time { return dbtest.Clock.Add(3 * 24 * time.Hour) }
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			return config.KeepHeld(ctx, tx, config.Holds{TemplateID: w.s.ID})
		})
		if all = w.versions(); len(all) != 4 || config.LetterVersion(all[0].Doc) != "2026.8" || w.counts("harbor") != "denied-member-en@2026.8" {
			t.Errorf("on its day: %+v", all)
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := config.PublishTemplate(ctx, tx, account.Program(), "id: x")
			return err
		}); !fault.Is(err, fault.Invalid) {
			t.Errorf("no template: %v", err)
		}
	})
}

// What a file changes meanwhile in other lines isn't undone by a clock.
func TestAScheduledTemplateKeepsOtherLines(t *testing.T) {
	eachTemplates(t, func(w *templates) {
		if err := w.save(w.with("Dear", "Hello")); err != nil {
			t.Fatal(err)
		}
		at := dbtest.Clock.Add(time.Hour)
		var due config.Due
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			if err := config.Schedule(ctx, tx, tessa, w.s, 1, at, "America/Chicago", "Soon."); err != nil {
				return err
			}
			now, err := letter.Current(ctx, tx, w.s.ID)
			if err != nil {
				return err
			}
			_, err = config.PublishTemplate(ctx, tx, account.Program(), strings.NewReplacer("version: 2026.1", "version: 2026.2", "# Your request was not approved", "# We did not approve this").Replace(now.Text))
			return err
		})
		for _, v := range w.versions() {
			if v.State == config.Scheduled {
				due = config.Due{ID: v.ID, Revision: v.Revision}
			}
		}
		w.DB.Now = func() time.Time { return at }
		w.Do(func(ctx context.Context, tx *db.Tx) error { return config.GoLiveDue(ctx, tx, due) })
		if text := w.now()["text"]; !strings.Contains(text, "# We did not approve this") || !strings.Contains(text, "Hello {{.Member.Name}}") {
			t.Errorf("%s", text)
		}
	})
}
