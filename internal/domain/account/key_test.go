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
		by, k, err := account.ByKey(ctx, tx, key)
		if in = k.ID != ""; in != by.Known() {
			h.Errorf("the key %q is of %q", k.ID, by.ID)
		}
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

// An administrator of an office makes keys for its systems, where operators let
// it: each holds for that organization alone, and names the system in the audit.
func TestAnOfficeMakesKeysForItsSystems(t *testing.T) {
	each(t, func(h *house) {
		omar := account.Actor{ID: "per_o", Name: "Omar", Seats: []account.Seat{{Role: account.Admin}}}
		var elm, oak account.Organization
		var dana account.Actor
		h.do(func(tx *db.Tx) (err error) {
			if elm, err = account.SaveOrganization(ctx, tx, omar, account.Organization{Kind: "office", Name: "Elm"}); err != nil {
				return err
			}
			if oak, err = account.SaveOrganization(ctx, tx, omar, account.Organization{Kind: "office", Name: "Oak"}); err != nil {
				return err
			}
			p, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: "dana@elm.example", FirstName: "Dana", LastName: "Ray"})
			if err != nil {
				return err
			}
			for _, o := range []account.Organization{elm, oak} {
				if err := account.AddSeat(ctx, tx, account.Program(), p.ID, account.Seat{OrganizationID: o.ID, Role: account.OrgAdmin}); err != nil {
					return err
				}
			}
			dana, err = account.Act(ctx, tx, p.ID)
			return err
		})
		make := func(by account.Actor, organization string) (key string, err error) {
			err = h.attempt(func(tx *db.Tx) (err error) {
				key, err = account.MakeOwnKey(ctx, tx, by, organization, " Elm EHR ", 30)
				return err
			})
			return key, err
		}
		let := func(yes bool) { h.do(func(tx *db.Tx) error { return account.LetKeys(ctx, tx, omar, elm.ID, yes) }) }
		if _, err := make(dana, elm.ID); !fault.Is(err, fault.Closed) {
			h.Errorf("before operators let it: %v", err)
		}
		let(true)
		if _, err := make(omar, elm.ID); !fault.Is(err, fault.NotFound) {
			h.Errorf("by staff: %v", err)
		}
		if _, err := make(dana, oak.ID); !fault.Is(err, fault.Closed) {
			h.Errorf("for another of hers: %v", err)
		}
		key, err := make(dana, elm.ID)
		if err != nil {
			h.Fatal(err)
		}
		var mine []account.Key
		h.do(func(tx *db.Tx) error {
			by, k, err := account.ByKey(ctx, tx, key)
			if err != nil || len(by.Seats) != 1 || by.Seats[0].OrganizationID != elm.ID || by.Audit("x", "y", "z").ActorName != "Dana Ray by Elm EHR" || !k.Unnoted(tx.Now()) {
				h.Errorf("comes in as %+v %+v %v", by, k, err)
			}
			if err := account.KeyWasUsed(ctx, tx, k); err != nil {
				return err
			}
			if mine, err = account.KeysOf(ctx, tx, dana, elm.ID); err != nil {
				return err
			}
			if others, err := account.KeysOf(ctx, tx, dana, oak.ID); err != nil || len(others) != 0 {
				h.Errorf("the other organization lists %+v %v", others, err)
			}
			if all, err := account.Keys(ctx, tx, omar); err != nil || len(all) != 1 || all[0].Organization != "Elm" {
				h.Errorf("operators read %+v %v", all, err)
			}
			return nil
		})
		if len(mine) != 1 || mine[0].Name != "Elm EHR" || mine[0].MadeName != "Dana Ray" || mine[0].UsedAt == nil {
			h.Fatalf("keys: %+v", mine)
		}
		let(false)
		if h.comesIn(key) {
			h.Error("it holds though operators don't let it")
		}
		let(true)
		if !h.comesIn(key) {
			h.Error("it doesn't hold again")
		}
		end := func(by account.Actor) error {
			return h.attempt(func(tx *db.Tx) error { return account.EndKey(ctx, tx, by, mine[0].ID) })
		}
		stranger := account.Actor{ID: "per_x", Seats: []account.Seat{{Role: account.OrgAdmin, OrganizationID: oak.ID}}}
		if err := end(stranger); !fault.Is(err, fault.NotFound) {
			h.Errorf("by a stranger: %v", err)
		}
		if err := end(dana); err != nil || h.comesIn(key) {
			h.Errorf("ended: %v", err)
		}
	})
}
