package account

import (
	"context"
	"testing"

	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestPeopleAreFoundAndManaged(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		admin := Actor{ID: "per_admin", Name: "Omar", Seats: []Seat{{Role: Admin}}}
		err := d.Update(ctx, func(tx *db.Tx) error {
			org, err := SaveOrganization(ctx, tx, admin, Organization{Kind: "office", Name: "Cedar Orthopedics"})
			if err != nil {
				return err
			}
			maria, err := AddPerson(ctx, tx, admin, Person{Email: "maria@cedar.example", FirstName: "Maria", LastName: "Chen"})
			if err != nil {
				return err
			}
			if _, err := AddPerson(ctx, tx, admin, Person{Email: "sam_b@um.example", FirstName: "Sam", LastName: "Brooks"}); err != nil {
				return err
			}
			if err := AddSeat(ctx, tx, admin, maria.ID, Seat{OrganizationID: org.ID, Role: OfficeStaff}); err != nil {
				return err
			}
			for text, want := range map[string]int{"": 2, "CHEN maria": 1, "cedar": 1, "um.example": 1, "m_b": 1, "a_b": 0, "%": 0} {
				if found, err := Searched(ctx, tx, admin, text, 10); err != nil || len(found) != want {
					t.Errorf("%q finds %d, want %d, %v", text, len(found), want, err)
				}
			}
			if _, err := Searched(ctx, tx, Actor{ID: "x", Seats: []Seat{{Role: OrgAdmin}}}, "", 10); !fault.Is(err, fault.Denied) {
				t.Errorf("an office searches everyone: %v", err)
			}
			seats, err := SeatsOf(ctx, tx, []Person{maria})
			if err != nil || len(seats[maria.ID]) != 1 || seats[maria.ID][0].Organization != "Cedar Orthopedics" {
				t.Errorf("%v, %v", seats, err)
			}
			if err := Enable(ctx, tx, admin, maria.ID); !fault.Is(err, fault.Conflict) {
				t.Errorf("an open account is opened: %v", err)
			}
			if err := Disable(ctx, tx, admin, maria.ID); err != nil {
				return err
			}
			if err := Enable(ctx, tx, Actor{ID: maria.ID, Seats: []Seat{{Role: Admin}}}, maria.ID); !fault.Is(err, fault.Denied) {
				t.Errorf("she opens her own: %v", err)
			}
			if err := Enable(ctx, tx, admin, maria.ID); err != nil {
				return err
			}
			now, err := Get(ctx, tx, maria.ID)
			if now.DisabledAt != nil {
				t.Error("it is still closed")
			}
			if last, err := LastSignIns(ctx, tx, []Person{maria}); err != nil || len(last) != 0 {
				t.Errorf("%v, %v", last, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
