package privacy_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/privacy"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A house is a world with an administrator.
type house struct {
	*scene.World
	t    *testing.T
	omar account.Actor
}

func each(t *testing.T, f func(h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		h := &house{World: scene.New(t, d, 1), t: t}
		h.Lists()
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			h.omar, err = h.Person(ctx, tx, "Omar", "Person", h.Scheduler.Seat().OrganizationID, account.Admin)
			return err
		})
		f(h)
	})
}

func (h *house) open() (i privacy.Incident) {
	h.t.Helper()
	h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		i, err = privacy.Open(ctx, tx, h.Scheduler, privacy.New{What: "A letter went to the wrong office.", Source: privacy.ByHand, Members: []string{string(h.Member.ID)}})
		return err
	})
	return i
}

func (h *house) read(id string) (i privacy.Incident, all []privacy.Notice) {
	h.t.Helper()
	h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		i, all, err = privacy.Get(ctx, tx, h.omar, id)
		return err
	})
	return i, all
}

func (h *house) judge(id string, version int, j privacy.Judged) error {
	return h.Try(func(ctx context.Context, tx *db.Tx) error { return privacy.Judge(ctx, tx, h.omar, id, version, j) })
}

func date(s string) civil.Date {
	d, err := civil.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// By when which notice goes out.
func TestDue(t *testing.T) {
	for _, c := range []struct {
		people     int
		discovered string
		want       map[string]string
	}{
		{1, "2026-11-23", map[string]string{"people": "2027-01-22", "hhs": "2027-03-01"}},
		{499, "2027-01-02", map[string]string{"people": "2027-03-03", "hhs": "2028-02-29"}}, // 2028 is a leap year
		{500, "2026-11-23", map[string]string{"people": "2027-01-22", "hhs": "2027-01-22"}},
		{501, "2026-11-23", map[string]string{"people": "2027-01-22", "media": "2027-01-22", "hhs": "2027-01-22"}},
	} {
		got := privacy.Due(c.people, date(c.discovered))
		if len(got) != len(c.want) {
			t.Errorf("%d: %+v", c.people, got)
		}
		for _, n := range got {
			if n.Due != date(c.want[n.Kind]) {
				t.Errorf("%d people from %s: %s by %s", c.people, c.discovered, n.Kind, n.Due)
			}
		}
	}
}

// An incident is assessed, its notices go out, and it is closed.
func TestAnIncident(t *testing.T) {
	each(t, func(h *house) {
		i := h.open()
		if i.Discovered != date("2026-11-23") {
			t.Errorf("discovered on %s", i.Discovered)
		}
		if i.Number != 1 || h.open().Number != 2 {
			t.Errorf("it is number %d", i.Number)
		}
		closing := func() error {
			return h.Try(func(ctx context.Context, tx *db.Tx) error { return privacy.CloseIncident(ctx, tx, h.omar, i.ID) })
		}
		if err := closing(); fault.Of(err).Fields["outcome"] == "" || fault.Of(err).Fields["done"] == "" {
			t.Error("closed at once:", err)
		}
		if err := h.judge(i.ID, 1, privacy.Judged{Outcome: privacy.NoBreach, OutcomeWhy: "x", People: 1, Nature: "name"}); fault.Of(err).Fields["recipient"] == "" {
			t.Error("no breach without all four factors:", err)
		}
		if err := h.judge(i.ID, 1, privacy.Judged{Outcome: privacy.Breach, OutcomeWhy: "x"}); fault.Of(err).Fields["people"] == "" {
			t.Error("a breach of nobody's data:", err)
		}
		if err := h.judge(i.ID, 1, privacy.Judged{Outcome: privacy.Breach, OutcomeWhy: "They read it.", People: 700, Done: "We called them.", Recipient: "Another office"}); err != nil {
			t.Fatal(err)
		}
		if err := h.judge(i.ID, 1, privacy.Judged{}); !fault.Is(err, fault.Conflict) {
			t.Error("what somebody else changed:", err)
		}
		if _, all := h.read(i.ID); len(all) != 3 || all[0].Kind != privacy.ToPeople || !all[0].DoneOn.IsZero() {
			t.Errorf("%+v", all)
		}
		if err := h.judge(i.ID, 2, privacy.Judged{Outcome: privacy.Breach, OutcomeWhy: "They read it.", People: 1, Done: "We called them.", Recipient: "Another office", Nature: "Name and diagnosis"}); err != nil {
			t.Fatal(err)
		}
		if err := closing(); fault.Of(err).Fields["notices"] == "" {
			t.Error("before the notices:", err)
		}
		notice := func(kind, day string) error {
			return h.Try(func(ctx context.Context, tx *db.Tx) error {
				return privacy.NoticeDone(ctx, tx, h.omar, i.ID, kind, date(day))
			})
		}
		if err := notice("people", "2026-11-24"); !fault.Is(err, fault.Invalid) {
			t.Error("tomorrow:", err)
		}
		if err := notice("media", "2026-11-23"); !fault.Is(err, fault.Conflict) {
			t.Error("one that isn't asked for:", err)
		}
		for _, kind := range []string{"people", "hhs"} {
			if err := notice(kind, "2026-11-23"); err != nil {
				t.Fatal(kind, err)
			}
		}
		if err := closing(); err != nil {
			t.Fatal(err)
		}
		if err := h.judge(i.ID, 4, privacy.Judged{}); !fault.Is(err, fault.Conflict) {
			t.Error("changed after its end:", err)
		}
		now, all := h.read(i.ID)
		if now.ClosedAt == nil || now.Closer != "Omar Person" || all[0].DoneOn != date("2026-11-23") || all[0].Doer != "Omar Person" {
			t.Errorf("%+v %+v", now, all)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error { return privacy.Reopen(ctx, tx, h.omar, i.ID) })
		if now, _ := h.read(i.ID); now.ClosedAt != nil {
			t.Error("it is still closed")
		}
	})
}

// All staff report; nobody but who handles incidents reads one.
func TestWhoHandlesIncidents(t *testing.T) {
	each(t, func(h *house) {
		i := h.open()
		for _, by := range []account.Actor{h.Maria, h.Stranger, {}} {
			err := h.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := privacy.Open(ctx, tx, by, privacy.New{What: "x", Source: privacy.ByHand})
				return err
			})
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%q reports: %v", by.Name, err)
			}
		}
		for _, by := range []account.Actor{h.Maria, h.Scheduler, h.Reviewers[0], {}} {
			for what, do := range map[string]func(context.Context, *db.Tx) error{
				"lists":   func(ctx context.Context, tx *db.Tx) error { _, err := privacy.List(ctx, tx, by, false); return err },
				"reads":   func(ctx context.Context, tx *db.Tx) error { _, _, err := privacy.Get(ctx, tx, by, i.ID); return err },
				"members": func(ctx context.Context, tx *db.Tx) error { _, err := privacy.Concerned(ctx, tx, by, i.ID); return err },
				"judges": func(ctx context.Context, tx *db.Tx) error {
					return privacy.Judge(ctx, tx, by, i.ID, 1, privacy.Judged{})
				},
				"closes":  func(ctx context.Context, tx *db.Tx) error { return privacy.CloseIncident(ctx, tx, by, i.ID) },
				"exports": func(ctx context.Context, tx *db.Tx) error { return privacy.Exported(ctx, tx, by) },
				"accounts": func(ctx context.Context, tx *db.Tx) error {
					_, _, err := privacy.Accounting(ctx, tx, by, h.Member.ID)
					return err
				},
				"discloses": func(ctx context.Context, tx *db.Tx) error {
					return privacy.Disclose(ctx, tx, by, h.Member.ID, privacy.Disclosure{})
				},
				"finds": func(ctx context.Context, tx *db.Tx) error {
					_, err := privacy.Find(ctx, tx, by, privacy.Who{Number: scene.Card, Born: h.Member.Born})
					return err
				},
			} {
				if err := h.Try(do); !fault.Is(err, fault.Denied) {
					t.Errorf("%q %s: %v", by.Name, what, err)
				}
			}
		}
	})
}

// A member's accounting goes six years back, with what was entered and the
// incidents about them; each reading is audited under the member.
func TestAccounting(t *testing.T) {
	each(t, func(h *house) {
		i := h.open()
		if err := h.judge(i.ID, 1, privacy.Judged{Recipient: "Another office", Nature: "Name and diagnosis"}); err != nil {
			t.Fatal(err)
		}
		enter := func(d privacy.Disclosure) error {
			return h.Try(func(ctx context.Context, tx *db.Tx) error { return privacy.Disclose(ctx, tx, h.omar, h.Member.ID, d) })
		}
		if err := enter(privacy.Disclosure{On: date("2026-11-24")}); len(fault.Of(err).Fields) != 4 {
			t.Error("nothing said, and tomorrow:", err)
		}
		for _, day := range []string{"2026-03-02", "2020-11-23", "2020-11-22"} {
			if err := enter(privacy.Disclosure{On: date(day), Recipient: "County health department", Address: "1 Main St", What: "A test result", Purpose: "Public health reporting"}); err != nil {
				t.Fatal(day, err)
			}
		}
		var all []privacy.Disclosure
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			m, err := privacy.Find(ctx, tx, h.omar, privacy.Who{Number: scene.Card, First: h.Member.First, Born: h.Member.Born})
			if err != nil {
				return err
			}
			_, all, err = privacy.Accounting(ctx, tx, h.omar, m.ID)
			return err
		})
		if len(all) != 3 || all[0].Recipient != "Another office" || !strings.Contains(all[0].Purpose, "incident 1") || all[2].On != date("2020-11-23") {
			t.Errorf("%+v", all)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from audit where action = 'privacy.accounted' and member_id = $1`, string(h.Member.ID))
			if n != 1 {
				t.Errorf("%d readings are audited", n)
			}
			return err
		})
		err := h.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := privacy.Find(ctx, tx, h.omar, privacy.Who{Number: scene.Card, Born: h.Member.Born})
			return err
		})
		if fault.Of(err).Fields["first"] == "" {
			t.Error("twins:", err)
		}
		for number, born := range map[string]civil.Date{scene.Card: date("1986-04-29"), "HBR999999999": h.Member.Born, "": {}} {
			err := h.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := privacy.Find(ctx, tx, h.omar, privacy.Who{Number: number, Born: born})
				return err
			})
			if fault.Of(err).Fields["number"] == "" {
				t.Errorf("%s: %v", number, err)
			}
		}
	})
}

// What is old goes: what was closed and what was entered.
func TestOldIncidentsGo(t *testing.T) {
	each(t, func(h *house) {
		i := h.open()
		h.open() // stays open
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			if err := privacy.Judge(ctx, tx, h.omar, i.ID, 1, privacy.Judged{Outcome: privacy.Breach, OutcomeWhy: "x", People: 1, Done: "x"}); err != nil {
				return err
			}
			for _, kind := range []string{"people", "hhs"} {
				if err := privacy.NoticeDone(ctx, tx, h.omar, i.ID, kind, date("2026-11-23")); err != nil {
					return err
				}
			}
			if err := privacy.Disclose(ctx, tx, h.omar, h.Member.ID, privacy.Disclosure{On: date("2026-11-23"), Recipient: "x", What: "x", Purpose: "x"}); err != nil {
				return err
			}
			return privacy.CloseIncident(ctx, tx, h.omar, i.ID)
		})
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			later := tx.Now().Add(time.Hour)
			if n, err := privacy.CountOld(ctx, tx, later); err != nil || n != 2 {
				t.Errorf("%d would go, %v", n, err)
			}
			if n, err := privacy.RemoveOld(ctx, tx, later, 100); err != nil || n != 2 {
				t.Errorf("%d went, %v", n, err)
			}
			left, err := db.Count(ctx, tx, `select count(*) from privacy_incident`)
			if left != 1 {
				t.Errorf("%d are left", left)
			}
			return err
		})
	})
}
