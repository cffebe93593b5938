package account_test

import (
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

func (h *house) key(id account.PersonID, days int) (key string, err error) {
	err = h.attempt(func(tx *db.Tx) (err error) {
		key, err = account.MakeKey(ctx, tx, account.Program(), id, "Record system", days)
		return err
	})
	return key, err
}

func (h *house) comesIn(key string) bool {
	h.Helper()
	in := false
	h.do(func(tx *db.Tx) error {
		by, ok, err := account.ByKey(ctx, tx, key)
		if ok != by.Known() {
			h.Errorf("ok is %v for %q", ok, by.ID)
		}
		in = ok
		return err
	})
	return in
}

// A key holds until its day, until it is ended, and while its person may come
// in; the database holds nothing that opens.
func TestASVS_6_4_1_AKeyEnds(t *testing.T) {
	each(t, func(h *house) {
		maria := h.maria()
		first, err := h.key(maria.ID, 30)
		if err != nil || !strings.HasPrefix(first, "parley_") || !h.comesIn(first) {
			h.Fatalf("%v: %q", err, first)
		}
		var stored string
		h.do(func(tx *db.Tx) (err error) {
			stored, err = db.One(ctx, tx, db.Value[string], `select token_hash from api_key`)
			return err
		})
		for _, wrong := range []string{"", stored, "parley_", first + "x", strings.TrimPrefix(first, "parley_")} {
			if h.comesIn(wrong) {
				h.Errorf("%q opens", wrong)
			}
		}
		h.later(30 * 24 * time.Hour)
		if h.comesIn(first) {
			h.Error("it opens after its last day")
		}
		second, err := h.key(maria.ID, 30)
		if err != nil || !h.comesIn(second) {
			h.Fatal(err)
		}
		h.do(func(tx *db.Tx) error {
			n, err := account.EndKeys(ctx, tx, account.Program(), maria.ID)
			if n != 1 {
				h.Errorf("%d keys ended, want the one that held", n)
			}
			return err
		})
		if h.comesIn(second) {
			h.Error("it opens after it was ended")
		}
		third, err := h.key(maria.ID, 1)
		if err != nil || !h.comesIn(third) {
			h.Fatal(err)
		}
		h.do(func(tx *db.Tx) error { return account.Disable(ctx, tx, account.Program(), maria.ID) })
		if h.comesIn(third) {
			h.Error("it opens for somebody who is shut out")
		}
	})
}

func TestKeysAreForOffices(t *testing.T) {
	each(t, func(h *house) {
		nurse := h.person("nina@review.example", account.Nurse, "org_um")
		if _, err := h.key(nurse.ID, 30); !fault.Is(err, fault.Denied) {
			h.Errorf("staff: %v", err)
		}
		maria := h.maria()
		if _, err := h.key(maria.ID, 367); fault.Of(err).Fields["days"] == "" {
			h.Errorf("for more than a year: %v", err)
		}
		err := h.attempt(func(tx *db.Tx) error {
			_, err := account.MakeKey(ctx, tx, account.Actor{ID: maria.ID, Seats: []account.Seat{{Role: account.OrgAdmin}}}, maria.ID, "Mine", 30)
			return err
		})
		h.wantKind("an office's administrator makes one", err, fault.Denied)
		key, err := h.key(maria.ID, 30)
		if err != nil {
			h.Fatal(err)
		}
		h.do(func(tx *db.Tx) error {
			return account.AddSeat(ctx, tx, account.Program(), maria.ID, account.Seat{OrganizationID: "org_um", Role: account.Scheduler})
		})
		if h.comesIn(key) {
			h.Error("a key of somebody who became staff opens")
		}
	})
}
