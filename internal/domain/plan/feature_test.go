package plan

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/words"
)

// What is usual everybody has until a wave brings it to some; taking it from
// one office leaves it to the others.
func TestAUsualFeatureIsThereUntilAWaveSaysForWhom(t *testing.T) {
	ctx := context.Background()
	admin := account.Actor{ID: "per_a", Seats: []account.Seat{{Role: account.Admin}}}
	office := account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OfficeStaff, OrganizationID: "org_1"}}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		at := Place{ProgramID: "prg_1", Line: "commercial"}
		do := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Update(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		save := func(r Rollout) (saved Rollout) {
			t.Helper()
			r.Feature, r.PlanID, r.ProgramID = MessagesFeature, at.PlanID, at.ProgramID
			do(func(tx *db.Tx) (err error) { saved, err = SaveWave(ctx, tx, admin, r); return err })
			return saved
		}
		reads := func(organization string) (said words.Text) {
			t.Helper()
			place := at
			place.OrganizationID = organization
			do(func(tx *db.Tx) (err error) {
				said, err = Instead(ctx, tx, office, MessagesFeature, place)
				if must := Must(ctx, tx, office, MessagesFeature, place); (said != "") != fault.Is(must, fault.Closed) {
					t.Errorf("%q, but %v", said, must)
				}
				return err
			})
			return said
		}
		do(func(tx *db.Tx) error {
			p, err := Save(ctx, tx, admin, Plan{Code: "x", Name: "Harbor", TimeZone: "America/Chicago", Phone: "(800) 555-0142"})
			at.PlanID = p.ID
			if err == nil {
				_, err = SaveProgram(ctx, tx, admin, Program{ID: "prg_1", Code: "msk", Name: "Joints", SlotMinutes: 30, Confirm: "instant"})
			}
			return err
		})
		if got := reads("org_1"); got != "" {
			t.Errorf("without a wave: %q", got)
		}
		save(Rollout{Stage: Off, Organizations: "org_2", From: date("2026-01-01"), Fallback: "Write a fax.", FallbackES: "Mande un fax.", Phone: "(800) 555-0199"})
		if got := reads("org_1"); got != "" {
			t.Errorf("taken from another: %q", got)
		}
		for language, want := range map[words.Language]string{words.English: "Write a fax. Call (800) 555-0199.", words.Spanish: "Mande un fax. Llame al (800) 555-0199."} {
			if got := reads("org_2").In(language); got != want {
				t.Errorf("taken from it: %q, want %q", got, want)
			}
		}
		do(func(tx *db.Tx) error { // a draft counts only for who looks with it
			draft := Rollout{ID: "rll_draft", Feature: MessagesFeature, PlanID: at.PlanID, ProgramID: at.ProgramID, Stage: Off, From: date("2026-01-01")}
			with, _, err := StageWith(ctx, tx, draft, Office{OrganizationID: "org_1"}, date("2026-11-23"))
			if with.ID != draft.ID || with.Stage != Off {
				t.Errorf("with a draft: %+v", with)
			}
			return err
		})
		if got := reads("org_1"); got != "" {
			t.Errorf("a draft counts already: %q", got)
		}
		wave := save(Rollout{Stage: Pilot, Organizations: "org_1", From: date("2026-01-01")})
		if got := reads("org_1"); got != "" {
			t.Errorf("in the pilot: %q", got)
		}
		save(Rollout{Stage: On, From: date("2026-12-01")})
		if got, want := reads("org_3").String(), "For Joints, Harbor you can’t write to us about an order online. You can from Tue, Dec 1, 2026 on. Call (800) 555-0142."; got != want {
			t.Errorf("outside of the pilot: %q, want %q", got, want)
		}
		save(Rollout{Stage: Pilot, Organizations: "org_4", From: date("2026-01-02"), Fallback: "Only some have it.", FallbackES: "Solo algunos."})
		if got, want := reads("org_3").String(), "Only some have it. Call (800) 555-0142."; got != want {
			t.Errorf("by the words of the pilot: %q, want %q", got, want)
		}
		do(func(tx *db.Tx) error {
			return Stop(ctx, tx, admin, wave.ID, "Wrong", Said{"It is off.", "Está apagado."}, "(800) 555-0100")
		})
		if got, want := reads("org_1").String(), "It is off. Call (800) 555-0100."; got != want {
			t.Errorf("stopped: %q, want %q", got, want)
		}
		do(func(tx *db.Tx) error {
			return Must(ctx, tx, account.Actor{ID: "per_s", Seats: []account.Seat{{Role: account.Nurse}}}, MessagesFeature, at)
		})
		assisted := office
		assisted.Assists = &account.Assisting{}
		do(func(tx *db.Tx) error { return Must(ctx, tx, assisted, MessagesFeature, at) })
	})
}

// What ends says until when where it is used, and that it was put off; what
// nobody has read of yet isn't put off.
func TestAnEndIsPutOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		ctx := context.Background()
		admin, office := account.Actor{ID: "per_a", Seats: []account.Seat{{Role: account.Admin}}}, account.Actor{ID: "per_o", Seats: []account.Seat{{Role: account.OfficeStaff, OrganizationID: "org_1"}}}
		at := Place{ProgramID: "prg_1", OrganizationID: "org_1"}
		do := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Update(ctx, f); err != nil {
				t.Fatal(err)
			}
		}
		do(func(tx *db.Tx) error {
			p, err := Save(ctx, tx, admin, Plan{Code: "x", Name: "Harbor", TimeZone: "America/Chicago", Phone: "(800) 555-0142"})
			at.PlanID = p.ID
			if err == nil {
				_, err = SaveProgram(ctx, tx, admin, Program{ID: "prg_1", Code: "msk", Name: "Joints", SlotMinutes: 30, Confirm: "instant"})
			}
			return err
		})
		wave := Rollout{Feature: MessagesFeature, PlanID: at.PlanID, ProgramID: "prg_1", Stage: Ending, From: date("2026-12-01"), To: date("2027-03-31")}
		for _, c := range []struct{ from, to, en, es string }{
			{"2026-12-01", "2027-03-31", "", ""}, // still to come
			{"2026-11-01", "2026-12-31", "Ending for Joints, Harbor: you can write to us about an order online until Thu, Dec 31.", "Termina para Joints, Harbor: puede escribirnos en línea sobre una solicitud hasta el 31 de diciembre de 2026."},
			{"2026-11-01", "2027-01-31", "Ending for Joints, Harbor: you can write to us about an order online until Sun, Jan 31, not only until Thu, Dec 31 as we said before.",
				"Termina para Joints, Harbor: puede escribirnos en línea sobre una solicitud hasta el 31 de enero de 2027, y no solo hasta el 31 de diciembre de 2026 como habíamos dicho."},
			{"2026-11-02", "2027-01-31", "Ending for Joints, Harbor: you can write to us about an order online until Sun, Jan 31, not only until Thu, Dec 31 as we said before.", ""},
			{"2026-11-02", "2027-01-15", "Ending for Joints, Harbor: you can write to us about an order online until Fri, Jan 15.", ""},
		} {
			do(func(tx *db.Tx) (err error) {
				wave.From, wave.To = date(c.from), date(c.to)
				if wave, err = SaveWave(ctx, tx, admin, wave); err != nil {
					return err
				}
				said, err := EndingFor(ctx, tx, office, MessagesFeature, at)
				if said.String() != c.en || c.es != "" && said.In(words.Spanish) != c.es {
					t.Errorf("to %s: %q, want %q; %q", c.to, said, c.en, said.In(words.Spanish))
				}
				return err
			})
		}
		do(func(tx *db.Tx) error {
			if said, err := EndingFor(ctx, tx, admin, MessagesFeature, at); said != "" || err != nil {
				t.Errorf("staff read %q %v", said, err)
			}
			return nil
		})
	})
}
