package wording_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/wording"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/words"
)

var (
	omar   = account.Actor{ID: "per_omar", Name: "Omar Ali", Seats: []account.Seat{{Role: account.Admin}}}
	office = account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OrgAdmin}}}
)

func entry(t *testing.T, key string) words.Entry {
	t.Helper()
	e, known := words.EntryFor(key)
	if !known {
		t.Fatalf("the program doesn't say %q", key)
	}
	return e
}

func try(d *db.DB, f func(ctx context.Context, tx *db.Tx) error) error {
	return d.Update(context.Background(), func(tx *db.Tx) error { return f(context.Background(), tx) })
}

func do(t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := try(d, f); err != nil {
		t.Fatal(err)
	}
}

func speech(t *testing.T, d *db.DB) (s *wording.Speech) {
	t.Helper()
	do(t, d, func(ctx context.Context, tx *db.Tx) (err error) { s, err = wording.Now(ctx, tx, "Started"); return err })
	return s
}

func TestATextIsSaidOtherwiseUntilItIsNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		denied := entry(t, "Denied")
		set := func(by account.Actor, en, es string) error {
			return try(d, func(ctx context.Context, tx *db.Tx) error {
				return wording.Set(ctx, tx, by, denied, words.Wording{English: en, Spanish: es})
			})
		}
		says := func(en, es string) {
			t.Helper()
			own := speech(t, d).Own
			if gotEN, gotES := words.Text("Denied").By(own.In(words.English)), words.Text("Denied").By(own.In(words.Spanish)); gotEN != en || gotES != es {
				t.Errorf("it says %q and %q, not %q and %q", gotEN, gotES, en, es)
			}
		}
		says("Denied", "Denegada")
		if err := set(office, "No", "No"); !fault.Is(err, fault.Denied) {
			t.Errorf("an office may: %v", err)
		}
		if err := set(omar, " Not\napproved ", "Denegada"); err != nil {
			t.Fatal(err)
		}
		says("Not approved", "Denegada")
		if err := set(account.Program(), "Not approved", "No aprobada"); err != nil {
			t.Fatal(err)
		}
		says("Not approved", "No aprobada")
		if err := set(omar, "Denied", "Denegada"); err != nil {
			t.Fatal(err)
		}
		says("Denied", "Denegada")
		do(t, d, func(ctx context.Context, tx *db.Tx) error {
			if all, err := wording.All(ctx, tx); err != nil || len(all) != 0 {
				t.Errorf("it is still kept: %v, %v", all, err)
			}
			return nil
		})
	})
}

func TestWhatNoWordingIs(t *testing.T) {
	for _, c := range []struct{ key, en, field, want string }{
		{"Denied", " ", "en", "Enter a text. The program says “Denied”"},
		{"Denied", "No %s", "en", "This text has no room for values: take out %s"},
		{"Denied", "No\u202e", "en", "Take out the characters that can’t be seen"},
		{"Denied", "No\x0eway", "en", "Take out the characters that can’t be seen"},
		{"Denied", strings.Repeat("n", 53), "en", "The text must be 52 characters or less: twice its usual length, and 40"},
		{"Reply by %s", "Reply soon", "en", "The text must have this where its values go, each once, and no other percent sign: %s"},
		{"Reply by %s", "Reply %s, 100%", "en", "The text must have this where its values go, each once, and no other percent sign: %s"},
		{"%s of %s", "%s", "en", "The text must have this where its values go, each once, and no other percent sign: %[1]s, %[2]s"},
		{"Denied", "Denied", "es", "Enter a text. The program says “Denegada”"},
	} {
		_, err := wording.Check(entry(t, c.key), words.Wording{English: c.en})
		if got := fault.Of(err).Fields[c.field].String(); got != c.want {
			t.Errorf("%q for %q: %q", c.en, c.key, got)
		}
	}
	w, err := wording.Check(entry(t, "%s of %s"), words.Wording{English: "of %[2]s, %[1]s", Spanish: strings.Repeat("ñ", 44) + "%s%s"})
	if err != nil || w.English != "of %[2]s, %[1]s" {
		t.Errorf("%v %v", w, err)
	}
}

func TestTheServiceHasANameAndHadOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		day := func(s string) civil.Date {
			date, err := civil.ParseDate(s)
			if err != nil {
				t.Fatal(err)
			}
			return date
		}
		set := func(by account.Actor, s wording.Service) error {
			return try(d, func(ctx context.Context, tx *db.Tx) error { return wording.SetService(ctx, tx, by, s) })
		}
		if got := speech(t, d); got.Name != "Started" || words.Service.By(got.Own.In(words.Spanish)) != "Started" || len(got.Former) != 0 {
			t.Errorf("at first: %+v", got)
		}
		old := wording.Former{Name: "Cedar Portal", LastDay: day("2026-03-31")}
		oldest := wording.Former{Name: "Cedar Fax", LastDay: day("2020-01-31")}
		if err := set(office, wording.Service{Name: "X"}); !fault.Is(err, fault.Denied) {
			t.Errorf("an office may: %v", err)
		}
		for field, s := range map[string]wording.Service{"name": {Name: "12"}, "former": {Name: "Cedar", Former: []wording.Former{{Name: "Cedar", LastDay: old.LastDay}}}} {
			if err := set(omar, s); fault.Of(err).Fields[field] == "" {
				t.Errorf("%+v: %v", s, err)
			}
		}
		if err := set(omar, wording.Service{Name: "Cedar Health", Former: []wording.Former{oldest, old}}); err != nil {
			t.Fatal(err)
		}
		got := speech(t, d)
		if got.Name != "Cedar Health" || len(got.Former) != 2 || got.Former[0] != old {
			t.Errorf("named: %+v", got)
		}
		if all := got.Noticed(dbtest.Clock); len(all) != 1 || all[0] != old {
			t.Errorf("told of %v", all)
		}
		if said := old.Words().In(words.Spanish); said != "Antes Cedar Portal, hasta el 31 de marzo de 2026." {
			t.Errorf("in Spanish: %q", said)
		}
		if said := got.Signs(dbtest.Clock).By(got.Own.In(words.English)); said != "Cedar Health, formerly Cedar Portal" {
			t.Errorf("under a mail: %q", said)
		}
		if said := got.Signs(dbtest.Clock.AddDate(2, 0, 0)).By(got.Own.In(words.English)); said != "Cedar Health" {
			t.Errorf("under a mail, later: %q", said)
		}
		if err := set(omar, wording.Service{}); err != nil {
			t.Fatal(err)
		}
		if got := speech(t, d); got.Name != "Started" || len(got.Former) != 0 {
			t.Errorf("at last: %+v", got)
		}
	})
}
