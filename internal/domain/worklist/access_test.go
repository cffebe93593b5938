package worklist_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/worklist"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Administrators of an organization read who has access there, operators
// everywhere; others nothing, and it is on record.
func TestAccessIsReviewed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		var dana, omar, lost account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if dana, err = w.Person(ctx, tx, "Dana", "Cole", w.Office.ID, account.OrgAdmin); err != nil {
				return err
			}
			if omar, err = w.Person(ctx, tx, "Omar", "Haddad", w.Reviewers[0].Seat().OrganizationID, account.Admin); err != nil {
				return err
			}
			if lost, err = w.Person(ctx, tx, "Lost", "Soul", w.Office.ID, account.OfficeStaff); err != nil {
				return err
			}
			if err := account.RemoveSeat(ctx, tx, account.Program(), lost.ID, w.Office.ID, account.OfficeStaff); err != nil {
				return err
			}
			if err := account.AddScope(ctx, tx, account.Program(), w.Reviewers[0].ID, account.Scope{PlanID: string(w.Plan.ID)}); err != nil {
				return err
			}
			for _, factor := range []string{"authenticator", ""} { // the second never got in
				if _, err := account.Begin(ctx, tx, w.Maria.ID, factor, "test", "192.0.2.1", account.Limits{Idle: time.Minute, Absolute: time.Hour}); err != nil {
					return err
				}
			}
			return nil
		})
		review := func(by account.Actor, organizationID string) (all map[account.PersonID]worklist.Access, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				found, err := worklist.AccessReview(ctx, tx, by, organizationID)
				all = map[account.PersonID]worklist.Access{}
				for _, a := range found {
					all[a.PersonID] = a
				}
				return err
			})
			return all, err
		}
		if _, err := review(w.Maria, w.Office.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("by office staff: %v", err)
		}
		if _, err := review(dana, ""); !fault.Is(err, fault.Denied) {
			t.Errorf("everything by an office: %v", err)
		}
		if _, err := review(dana, w.Reviewers[0].Seat().OrganizationID); !fault.Is(err, fault.NotFound) {
			t.Errorf("another organization: %v", err)
		}
		here, err := review(dana, w.Office.ID)
		maria := here[w.Maria.ID]
		if err != nil || maria.Role != account.OfficeStaff || maria.LastFactor != "authenticator" || maria.LastSignIn == nil || maria.Organization != w.Office.Name || maria.Closed {
			t.Errorf("%+v, %v", maria, err)
		}
		for id, a := range here {
			if a.Organization != w.Office.Name {
				t.Errorf("%s is of %s", id, a.Organization)
			}
		}
		all, err := review(omar, "")
		if err != nil || all[lost.ID].Role != "" || all[lost.ID].Last != "Soul" || len(all) <= len(here) {
			t.Errorf("%+v, %v", all[lost.ID], err)
		}
		if got := all[w.Reviewers[0].ID].Scopes; len(got) != 1 || got[0] != w.Plan.Name {
			t.Errorf("scopes %q", got)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			entries, err := audit.Of(ctx, tx, "organization", w.Office.ID)
			if len(entries) == 0 || entries[0].Action != "access.exported" || entries[0].ActorID != string(dana.ID) {
				t.Errorf("%+v", entries)
			}
			return err
		})
	})
}
