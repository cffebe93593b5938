package config

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/wording"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/words"
)

// A text has the life of all that is set, and goes back to what the program
// says. Two who say different texts otherwise don't meet.
func TestATextGoesLiveAndBack(t *testing.T) {
	each(t, func(w *world) {
		denied, _ := words.EntryFor("Denied")
		approved, _ := words.EntryFor("Approved")
		w.s = TextSubject(denied)
		if now := w.now(); now["en"] != "Denied" || now["es"] != "Denegada" {
			t.Fatalf("at first: %v", now)
		}
		v := w.draft(omar, 0, Doc{"en": "Not approved ", "es": "No aprobada"})
		if err := w.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := Save(ctx, tx, pat, w.s, Doc{"en": "Refused", "es": "No"}, 0)
			return err
		}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second draft: %v", err)
		}
		if err := w.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := Save(ctx, tx, pat, TextSubject(approved), Doc{"en": "Granted", "es": "Aprobada"}, 0)
			return err
		}); err != nil {
			t.Errorf("another text: %v", err)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			return GoLive(ctx, tx, omar, w.s, v.Revision, "The plan says so.")
		})
		if now := w.now(); now["en"] != "Not approved" || now["es"] != "No aprobada" {
			t.Errorf("live: %v", now)
		}
		if all := w.versions(); len(all) != 2 || all[1].Doc["en"] != "Denied" {
			t.Fatalf("versions: %+v", all)
		}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			return RollBack(ctx, tx, pat, w.s, 1, 2, "Offices were confused.")
		})
		w.do(func(ctx context.Context, tx *db.Tx) error {
			all, err := wording.All(ctx, tx)
			if len(all) != 0 {
				t.Errorf("back: %v", all)
			}
			return err
		})
		if _, err := Fields(w.s); err != nil {
			t.Error(err)
		}
		w.s.ID = "nothing"
		if err := w.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := Save(ctx, tx, omar, w.s, Doc{"en": "x"}, 0)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Errorf("no text: %v", err)
		}
	})
}

// A text that the program doesn't say any more when its time comes is a draft
// again that says so.
func TestATextThatIsGoneDoesNotGoLive(t *testing.T) {
	each(t, func(w *world) {
		denied, _ := words.EntryFor("Denied")
		w.s = TextSubject(denied)
		v := w.draft(omar, 0, Doc{"en": "Not approved"})
		at := dbtest.Clock.Add(time.Hour)
		w.do(func(ctx context.Context, tx *db.Tx) error {
			return Schedule(ctx, tx, omar, w.s, v.Revision, at, "America/Chicago", "Soon.")
		})
		w.d.Now = func() time.Time { return at }
		w.do(func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `update config_version set subject_id = 'gone' where subject_id = $1`, denied.ID); err != nil {
				return err
			}
			return GoLiveDue(ctx, tx, Due{v.ID, v.Revision + 1})
		})
		w.s.ID = "gone"
		if all := w.versions(); len(all) != 2 || all[0].State != Draft || all[0].Held != "What it is about isn’t there any more." {
			t.Errorf("%+v", all)
		}
	})
}

func TestTheNameOfTheServiceGoesLive(t *testing.T) {
	each(t, func(w *world) {
		w.s = ServiceSubject
		for text, want := range map[string]string{
			"Cedar Portal":      "“Cedar Portal”: enter the last day and the name, like 2027-03-31 Cedar Portal",
			"2027-03-31":        "“2027-03-31”: enter the last day and the name, like 2027-03-31 Cedar Portal",
			"2027-03-31 Parley": "Parley stands twice",
		} {
			err := w.try(func(ctx context.Context, tx *db.Tx) error {
				_, err := Save(ctx, tx, omar, w.s, Doc{"name": "Parley", "former": text}, 0)
				return err
			})
			if got := fault.Of(err).Fields["former"].String(); got != want {
				t.Errorf("%q: %q", text, got)
			}
		}
		v := w.draft(omar, 0, Doc{"name": "Cedar Health", "former": "2020-01-01 Cedar Fax\n2027-03-31  Cedar Portal"})
		if v.Doc["former"] != "2027-03-31 Cedar Portal\n2020-01-01 Cedar Fax" {
			t.Errorf("tidied: %q", v.Doc["former"])
		}
		w.do(func(ctx context.Context, tx *db.Tx) error {
			return GoLive(ctx, tx, omar, w.s, v.Revision, "New owner.")
		})
		if now := w.now(); now["name"] != "Cedar Health" || now["former"] != v.Doc["former"] {
			t.Errorf("live: %v", now)
		}
	})
}

// What the guides name is said by the program.
func TestTextsReliedOnAreSaid(t *testing.T) {
	for _, key := range relied {
		if e, known := words.EntryFor(key); !known {
			t.Errorf("nobody says %q", key)
		} else if !Relied(TextSubject(e)) {
			t.Errorf("%q isn't relied on", key)
		}
	}
}
