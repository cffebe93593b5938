package provider

import (
	"context"
	"errors"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

func TestByNPI(t *testing.T) {
	ctx, by := context.Background(), account.Program()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(ctx, func(tx *db.Tx) error {
			cedar, err := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "office", Name: "Cedar", NPI: "1234567893"})
			ada, adaErr := SavePractitioner(ctx, tx, by, Practitioner{First: "Ada", Last: "Okafor", NPI: "1234567893"})
			o, findErr := account.OrganizationByNPI(ctx, tx, "1234567893")
			p, doctorErr := PractitionerByNPI(ctx, tx, "1234567893")
			if o.ID != cedar.ID || p.ID != ada.ID {
				t.Errorf("%+v %+v", o, p)
			}
			if _, none := account.OrganizationByNPI(ctx, tx, "1000000004"); !fault.Is(none, fault.NotFound) {
				t.Errorf("none: %v", none)
			}
			_, birchErr := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "office", Name: "Birch", NPI: "1234567893"})
			if _, two := account.OrganizationByNPI(ctx, tx, "1234567893"); !fault.Is(two, fault.NotFound) {
				t.Errorf("two: %v", two)
			}
			return errors.Join(err, adaErr, findErr, doctorErr, birchErr)
		})
		if err != nil {
			t.Error(err)
		}
	})
}
