package account_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// waves runs the jobs that are due, and is who was to be told, and how often
// for the last time.
func (h *house) waves() (told, last int) {
	h.Helper()
	r := job.NewRunner(h.d, nil)
	job.React(r, func(_ context.Context, _ *db.Tx, e account.FactorWaveTells) error {
		if told++; e.Last {
			last++
		}
		return nil
	})
	job.React(r, account.EndFactorWave)
	job.React(r, func(context.Context, *db.Tx, account.SecurityChanged) error { return nil })
	job.React(r, func(context.Context, *db.Tx, account.CodeAsked) error { return nil })
	if _, err := r.Drain(ctx); err != nil {
		h.Fatal(err)
	}
	return told, last
}

// People have 30 days, or until a day, to move from codes by mail; then codes
// by mail end, and who has not moved does at the next sign-in.
func TestAWaveEndsMailedCodes(t *testing.T) {
	each(t, func(h *house) {
		admin := h.actor(h.person("omar@parley.example", account.Admin, "org_um").ID)
		jess := h.person("jess@cedarortho.example", account.OfficeStaff, "org_mail")
		kim := h.person("kim@cedarortho.example", account.OfficeStaff, "org_mail")
		start := func(by account.Actor, day civil.Date, ids ...string) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.StartFactorWave(ctx, tx, by, ids, day, time.UTC) })
		}
		h.wantKind("by office staff", start(h.actor(jess.ID), civil.Date{}, "org_mail"), fault.Denied)
		h.wantField("nobody", start(admin, civil.Date{}), "organizations", "Select at least one organization")
		h.wantField("who has none", start(admin, civil.Date{}, "org_app"), "organizations", "Select organizations whose people use codes by mail")
		h.wantField("tomorrow", start(admin, civil.DateIn(h.now, time.UTC).AddDays(1), "org_mail"), "day", "Give people at least a week. Choose a later day")
		if err := start(admin, civil.Date{}, "org_mail"); err != nil {
			h.Fatal(err)
		}
		h.wantField("twice", start(admin, civil.Date{}, "org_mail"), "organizations", "One of them moves already. Stop that first, or take it out")
		if told, last := h.waves(); told != 1 || last != 0 {
			h.Errorf("told %d, %d", told, last)
		}
		v := h.half(jess.Email)
		if !v.By.MailedCodes() {
			h.Error("codes by mail have ended in the time of grace")
		}
		token, err := h.verify(v, h.mailed())
		if err != nil {
			h.Fatal(err)
		}
		open := h.look(token)
		c, err := h.offer(open, right)
		if err != nil {
			h.Fatal(err)
		}
		s := newSoft(h)
		if _, codes, err := h.add(open, c, s.create(c), "Phone"); err != nil || len(codes) != 10 {
			h.Fatal(codes, err)
		}
		h.do(func(tx *db.Tx) error {
			all, err := account.FactorWaves(ctx, tx, admin)
			if len(all) != 1 || all[0].People != 2 || all[0].Moved != 1 || !all[0].Open() {
				h.Errorf("%+v", all)
			}
			left, _ := account.NotMoved(ctx, tx, "org_mail")
			if len(left) != 1 || left[0].ID != kim.ID {
				h.Errorf("left: %+v", left)
			}
			return err
		})
		h.later(24 * 24 * time.Hour)
		if _, last := h.waves(); last != 1 {
			h.Error("nobody was reminded")
		}
		h.later(7 * 24 * time.Hour)
		h.waves()
		if v := h.half(kim.Email); v.By.MailedCodes() || v.HasFactor() || v.State != account.Half {
			h.Errorf("after the end: %+v", v)
		}
		if got := h.audits("org_mail"); !slices.Contains(got, "factor_wave.started") || !slices.Contains(got, "factor_wave.ended") {
			h.Errorf("audited %q", got)
		}
	})
}

// A wave that is stopped ends nothing.
func TestAStoppedWaveEndsNothing(t *testing.T) {
	each(t, func(h *house) {
		admin := h.actor(h.person("omar@parley.example", account.Admin, "org_um").ID)
		jess := h.person("jess@cedarortho.example", account.OfficeStaff, "org_mail")
		var id string
		h.do(func(tx *db.Tx) error {
			day := civil.DateIn(h.now, time.UTC).AddDays(10)
			if err := account.StartFactorWave(ctx, tx, admin, []string{"org_mail"}, day, time.UTC); err != nil {
				return err
			}
			all, err := account.FactorWaves(ctx, tx, admin)
			id = all[0].ID
			return err
		})
		stop := func(by account.Actor) error {
			return h.d.Update(ctx, func(tx *db.Tx) error { return account.StopFactorWave(ctx, tx, by, id) })
		}
		h.wantKind("by office staff", stop(h.actor(jess.ID)), fault.Denied)
		if err := stop(admin); err != nil {
			h.Fatal(err)
		}
		h.wantKind("again", stop(admin), fault.Conflict)
		h.later(12 * 24 * time.Hour)
		h.waves()
		if v := h.half(jess.Email); !v.By.MailedCodes() {
			h.Error("codes by mail have ended")
		}
	})
}
