package merge_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/hold"
	"parley/internal/domain/merge"
	"parley/internal/domain/order"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/secret"
	"parley/internal/scene"
)

func set(w *scene.World, o account.Organization) account.Organization {
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = account.SaveOrganization(ctx, tx, account.Program(), o)
		return err
	})
	return o
}

func place(w *scene.World, organization, name string) string {
	var l provider.Location
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = provider.SaveLocation(ctx, tx, account.Program(), provider.Location{OrganizationID: organization, Name: name, State: "TX", TimeZone: "America/Chicago"})
		return err
	})
	return l.ID
}

// seen are the orders that somebody sees now.
func seen(w *scene.World, id account.PersonID) (all []string) {
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		a, err := account.Act(ctx, tx, id)
		if err != nil {
			return err
		}
		where, args := order.Visible(a, 1)
		all, err = db.All(ctx, tx, db.Value[string], `select id from orders where `+where+` order by id`, args...)
		return err
	})
	return all
}

func within(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// Whatever people's seats are, who worked for the record that goes sees no more
// than before where they stay narrow, and nothing is lost to anybody but what
// was at no location.
func TestNobodySeesMoreThanBefore(t *testing.T) {
	each(t, func(t *testing.T, w *scene.World, box *secret.Box) {
		w.Office.Sees, w.Other.Sees = "location", "location"
		set(w, w.Office)
		set(w, w.Other)
		from := []string{w.North.ID, place(w, w.Office.ID, "South")}
		into := []string{place(w, w.Other.ID, "north"), place(w, w.Other.ID, "East")}
		rnd := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same each time
		at := map[string][]string{w.Office.ID: from, w.Other.ID: into}
		for i := range 12 {
			o := w.Order()
			of := []string{w.Office.ID, w.Other.ID}[i%2]
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `update orders set organization_id = $1, location_id = $2 where id = $3`, of, at[of][rnd.IntN(2)], string(o.ID))
				return err
			})
		}
		people := map[account.PersonID][]string{} // the organizations they work for
		roles := []account.Role{account.OfficeStaff, account.Clinician, account.OrgAdmin}
		for n := range 24 {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				p, err := account.AddPerson(ctx, tx, account.Program(), account.Person{Email: fmt.Sprintf("p%d@a.example", n), FirstName: "P", LastName: "Q"})
				if err != nil {
					return err
				}
				for _, of := range [][]string{{w.Office.ID}, {w.Other.ID}, {w.Office.ID, w.Other.ID}}[n%3] {
					people[p.ID] = append(people[p.ID], of)
					for range 1 + rnd.IntN(2) {
						s := account.Seat{OrganizationID: of, Role: roles[rnd.IntN(3)]}
						if rnd.IntN(3) > 0 {
							s.LocationID = at[of][rnd.IntN(2)]
						}
						if err := account.AddSeat(ctx, tx, account.Program(), p.ID, s); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
							return err
						}
					}
				}
				return nil
			})
		}
		before := map[account.PersonID][]string{}
		for id := range people {
			before[id] = seen(w, id)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := merge.Do(ctx, tx, box, admin, merge.Wish{From: w.Office.ID, Into: w.Other.ID, Reason: "Twice", Narrow: true, Confirm: "cedar  ORTHOPEDICS"})
			return err
		})
		for id, of := range people {
			after := seen(w, id)
			if !within(before[id], after) {
				t.Errorf("%v of %v lost sight of some: %v, then %v", id, of, before[id], after)
			}
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				seats, err := account.Seats(ctx, tx, id)
				wide := slices.ContainsFunc(seats, func(s account.Seat) bool { return s.LocationID == "" })
				if !wide && !within(after, before[id]) {
					t.Errorf("%v of %v sees more: %v, then %v", id, of, before[id], after)
				}
				if of[0] == w.Office.ID && len(of) == 1 {
					if wide || slices.ContainsFunc(seats, func(s account.Seat) bool { return s.Role == account.OrgAdmin }) {
						t.Errorf("%v gained: %+v", id, seats)
					}
				}
				unique := map[string]bool{}
				for _, s := range seats {
					if s.OrganizationID != w.Other.ID || unique[string(s.Role)+s.LocationID] {
						t.Errorf("%v has %+v", id, seats)
					}
					unique[string(s.Role)+s.LocationID] = true
				}
				return err
			})
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			all, err := provider.Locations(ctx, tx, w.Other.ID)
			var names []string
			for _, l := range all {
				names = append(names, l.Name)
			}
			slices.Sort(names)
			if fmt.Sprint(names) != "[East North (Cedar Orthopedics) South north]" {
				t.Error(names)
			}
			tallies, err2 := db.Count(ctx, tx, `select sum(n) from order_count where organization_id = $1`, w.Other.ID)
			if tallies != 12 {
				t.Errorf("%d orders are counted, %v", tallies, err2)
			}
			return err
		})
	})
}

// As they are, posts stay what they were.
func TestPostsCanStay(t *testing.T) {
	each(t, func(t *testing.T, w *scene.World, box *secret.Box) {
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			dana, err := w.Person(ctx, tx, "Dana", "Reed", w.Office.ID, account.OrgAdmin)
			if err != nil {
				return err
			}
			if _, err := merge.Do(ctx, tx, box, admin, merge.Wish{From: w.Office.ID, Into: w.Other.ID, Reason: "Twice", Confirm: w.Office.Name}); err != nil {
				return err
			}
			seats, err := account.Seats(ctx, tx, dana.ID)
			if len(seats) != 1 || seats[0].Role != account.OrgAdmin || seats[0].OrganizationID != w.Other.ID || seats[0].LocationID != "" {
				t.Errorf("%+v", seats)
			}
			return err
		})
	})
}

// The old id, name, NPI and source lead to the record there is, also after
// another merge, and what is held stays held and says whose it was.
func TestTheOldRecordLeadsToTheNew(t *testing.T) {
	each(t, func(t *testing.T, w *scene.World, box *secret.Box) {
		first := set(w, account.Organization{Kind: "office", Name: "Cedar Ortho", NPI: "1234567893", Source: "feed/1"})
		o := w.Order()
		w.Do(func(ctx context.Context, tx *db.Tx) error { return hold.Place(ctx, tx, admin, o.Number, "Subpoena") })
		for _, step := range [][2]string{{first.ID, w.Office.ID}, {w.Office.ID, w.Other.ID}} {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				from, err := account.GetOrganization(ctx, tx, step[0])
				if err != nil {
					return err
				}
				_, err = merge.Do(ctx, tx, box, admin, merge.Wish{From: step[0], Into: step[1], Reason: "Twice", Confirm: from.Name})
				return err
			})
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			for what, find := range map[string]func() (account.Organization, error){
				"id":     func() (account.Organization, error) { return account.GetOrganization(ctx, tx, first.ID) },
				"NPI":    func() (account.Organization, error) { return account.OrganizationByNPI(ctx, tx, "1234567893") },
				"source": func() (account.Organization, error) { return account.OrganizationBySource(ctx, tx, "feed/1") },
				"name":   func() (account.Organization, error) { return account.OrganizationByName(ctx, tx, "Cedar Orthopedics") },
			} {
				if got, err := find(); err != nil || got.ID != w.Other.ID {
					t.Errorf("the %s leads to %+v, %v", what, got, err)
				}
			}
			aliases, err := account.AliasesOf(ctx, tx, admin, w.Other.ID)
			if len(aliases) != 2 || aliases[0].Reason != "Twice" {
				t.Errorf("%+v", aliases)
			}
			holds, err2 := hold.All(ctx, tx, admin)
			if len(holds) != 1 || holds[0].Number != o.Number {
				t.Errorf("%+v %v", holds, err2)
			}
			n, err3 := db.Count(ctx, tx, `select count(*) from order_event where order_id = $1 and kind = 'office merged'`, string(o.ID))
			if n != 1 {
				t.Errorf("%d lines in its history, %v", n, err3)
			}
			said, err4 := audit.Of(ctx, tx, "organization", first.ID)
			if len(said) == 0 || !slices.ContainsFunc(said, func(e audit.Entry) bool { return e.Action == "organization.merged" }) {
				t.Errorf("%+v %v", said, err4)
			}
			return err
		})
	})
}

// Where numbers differ, a second administrator has to agree, within a week.
func TestDifferentNumbersNeedTwo(t *testing.T) {
	each(t, func(t *testing.T, w *scene.World, box *secret.Box) {
		w.Office.TIN, w.Other.TIN = "111111111", "222222222"
		set(w, w.Office)
		set(w, w.Other)
		second := admin
		second.ID, second.Name = "per_second", "Bea"
		ask := func() {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				done, err := merge.Do(ctx, tx, box, admin, merge.Wish{From: w.Office.ID, Into: w.Other.ID, Reason: "Twice", Confirm: w.Office.Name})
				if done {
					t.Error("done at once")
				}
				return err
			})
		}
		agree := func(by account.Actor, into string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return merge.Agree(ctx, tx, box, by, w.Office.ID, into) })
		}
		ask()
		if err := agree(admin, w.Other.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("who asked: %v", err)
		}
		if err := agree(w.Maria, w.Other.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("an office: %v", err)
		}
		if err := agree(second, "org_x"); !fault.Is(err, fault.Conflict) {
			t.Errorf("another: %v", err)
		}
		now := w.DB.Now()
		w.DB.Now = func() time.Time { return now.Add(8 * 24 * time.Hour) }
		if err := agree(second, w.Other.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("late: %v", err)
		}
		ask()
		w.Do(func(ctx context.Context, tx *db.Tx) error { return merge.Stop(ctx, tx, admin, w.Office.ID) })
		if err := agree(second, w.Other.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("stopped: %v", err)
		}
		ask()
		if err := agree(second, w.Other.ID); err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			o, err := account.GetOrganization(ctx, tx, w.Office.ID)
			if o.ID != w.Other.ID {
				t.Errorf("%+v", o)
			}
			all, err2 := merge.Requests(ctx, tx, admin)
			if len(all) != 0 {
				t.Errorf("%+v %v", all, err2)
			}
			return err
		})
	})
}

func TestWhatCantBecomeOne(t *testing.T) {
	each(t, func(t *testing.T, w *scene.World, box *secret.Box) {
		site := set(w, account.Organization{Kind: "site", Name: "Imaging"})
		um := set(w, account.Organization{Kind: "um", Name: "Review"})
		for id, issuer := range map[string]string{w.Office.ID: "https://a.example", w.Other.ID: "https://b.example"} {
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				return account.SaveConnection(ctx, tx, box, admin, account.Connection{OrganizationID: id, Domains: []string{issuer[8:9] + "-office.example"}, Issuer: issuer, ClientID: "c", Secret: "s", Password: true})
			})
		}
		try := func(by account.Actor, from, into, reason, confirm string) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := merge.Do(ctx, tx, box, by, merge.Wish{From: from, Into: into, Reason: reason, Confirm: confirm})
				return err
			})
		}
		third := set(w, account.Organization{Kind: "office", Name: "Third"})
		for name, c := range map[string]struct {
			err  error
			kind fault.Kind
		}{
			"itself":        {try(admin, w.Office.ID, w.Office.ID, "r", w.Office.Name), fault.Conflict},
			"a site":        {try(admin, w.Office.ID, site.ID, "r", w.Office.Name), fault.Conflict},
			"the reviewers": {try(admin, um.ID, w.Office.ID, "r", um.Name), fault.Conflict},
			"two sign-ins":  {try(admin, w.Office.ID, w.Other.ID, "r", w.Office.Name), fault.Conflict},
			"nothing":       {try(admin, "org_x", w.Other.ID, "r", ""), fault.NotFound},
			"an office":     {try(w.Maria, third.ID, w.Other.ID, "r", "Third"), fault.Denied},
			"no reason":     {try(admin, third.ID, w.Other.ID, " ", "Third"), fault.Invalid},
			"another name":  {try(admin, third.ID, w.Other.ID, "r", "Thirds"), fault.Invalid},
		} {
			if !fault.Is(c.err, c.kind) {
				t.Errorf("%s: %v", name, c.err)
			}
		}
	})
}
