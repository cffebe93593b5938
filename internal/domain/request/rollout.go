package request

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Place is where r's office asks for what it chose, as roll-outs go by it.
func (r Request) Place() plan.Place { return r.place(r.Order.ProgramID) }

// place is where r's office asks, as roll-outs go by it.
func (r Request) place(program plan.ProgramID) plan.Place {
	return plan.Place{PlanID: r.Patient.PlanID, Line: r.Patient.Line, ProgramID: program, OrganizationID: r.OrganizationID, LocationID: r.Providers.LocationID}
}

// offered refuses at "service" a program for which the office doesn't send
// requests here. Send asks the same of what is sent; this spares an office the
// pages between. Where it goes by states and the location isn't chosen yet, only
// Send can tell.
func offered(ctx context.Context, tx *db.Tx, by account.Actor, r Request, program plan.ProgramID) error {
	said, err := insteadOf(ctx, tx, by, plan.RequestsFeature, r.place(program))
	if err != nil || said == "" {
		return err
	}
	return fault.Fields{"service": said}.Err()
}

// insteadOf is plan.Instead for somebody whose location may not be known yet:
// then what goes by states stops nobody.
func insteadOf(ctx context.Context, tx *db.Tx, by account.Actor, feature string, at plan.Place) (words.Text, error) {
	if at.LocationID == "" {
		unknown, err := plan.ByState(ctx, tx, feature, at.ProgramID, at.PlanID)
		if err != nil || unknown {
			return "", err
		}
	}
	return plan.Instead(ctx, tx, by, feature, at)
}

// checks refuses an answer about programs for which the office doesn't check
// here whether authorization is needed.
func checks(ctx context.Context, tx *db.Tx, by account.Actor, id plan.ID, line string, listed []plan.Procedure) error {
	seat := by.Seat()
	for _, p := range listed {
		said, err := insteadOf(ctx, tx, by, plan.CheckFeature, plan.Place{PlanID: id, Line: line, ProgramID: p.ProgramID, OrganizationID: seat.OrganizationID, LocationID: seat.LocationID})
		if err != nil {
			return err
		}
		if said != "" {
			return fault.New(fault.Closed, "%s", said)
		}
	}
	return nil
}

// AddFile takes a file that an office adds of its own accord to an order that
// was sent. What was asked for, or comes with an appeal or in the place of a
// file that couldn't be taken, is no such file. It is in the store as ref. Who
// may: those who send requests for the office. What can't be taken is an Invalid
// fault at "files".
func AddFile(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, in attachment.Folder, n attachment.New, ref blob.Ref) (attachment.Upload, error) {
	if err := by.Must(account.SendRequests); err != nil {
		return attachment.Upload{}, err
	}
	if err := plan.Must(ctx, tx, by, plan.FilesFeature, o.Place()); err != nil {
		return attachment.Upload{}, err
	}
	return attachment.Arrive(ctx, tx, by, in, string(o.ID), n, ref)
}
