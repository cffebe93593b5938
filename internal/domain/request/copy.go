package request

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// CopyOrder begins a request for the same services by the same practitioner
// as an order that by has read, for another patient. What depends on the
// patient is asked anew: the plan's program, urgency, the clinical questions.
func CopyOrder(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) (Request, error) {
	r, err := Begin(ctx, tx, by)
	if err != nil {
		return r, err
	}
	r, err = Save(ctx, tx, by, r, OrderPart, r.Version, func(c *Content) {
		for _, s := range o.Services {
			c.Order.Services = append(c.Order.Services, Service{System: s.System, Code: s.Code, Wording: s.Wording, Side: s.Laterality, Units: s.Units, Unit: s.Unit})
		}
		for _, d := range o.Diagnoses {
			c.Order.Diagnoses = append(c.Order.Diagnoses, Diagnosis{d.Code, d.Wording})
		}
	})
	if err != nil || o.OrganizationID != r.OrganizationID {
		return r, err
	}
	return Save(ctx, tx, by, r, ProvidersPart, r.Version, func(c *Content) {
		c.Providers = Providers{PractitionerID: o.PractitionerID, LocationID: o.LocationID, Contact: o.Contact, SiteID: o.SiteID, Site: o.SiteName, SiteOpen: o.SiteName == ""}
	})
}

// SamePatient begins a request for the patient of an order that by has read.
// The day of service and all else is asked anew.
func SamePatient(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order) (Request, error) {
	r, err := Begin(ctx, tx, by)
	if err != nil {
		return r, err
	}
	return Save(ctx, tx, by, r, PatientPart, r.Version, func(c *Content) {
		c.Patient.Typed = Typed{Number: o.MemberNumber, Born: o.Patient.Born}
	})
}
