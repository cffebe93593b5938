package review

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Assigned is how long a case that a supervisor assigns waits for whom it is
// assigned to.
const Assigned = 8 * time.Hour

// Assign has somebody else work on a case, whoever had it. Who may:
// supervisors. The error is Denied if that person may not review it, or
// declared a conflict of interest with its office; a Conflict if it is decided
// or doesn't fit their training, panels or licenses.
func Assign(ctx context.Context, tx *db.Tx, by account.Actor, o order.Order, to account.PersonID) error {
	if err := by.Must(account.Supervise); err != nil {
		return err
	}
	if !o.Status.Pending() {
		return fault.New(fault.Conflict, "The order is %s: nobody needs to work on it.", o.Status.Words())
	}
	who, err := account.Act(ctx, tx, to)
	if err != nil {
		return err
	}
	if err := suits(ctx, tx, who, o); err != nil {
		return err
	}
	if err := release(ctx, tx, o.ID); err != nil {
		return err
	}
	if err := wake(ctx, tx, o.ID); err != nil {
		return err
	}
	if _, err := claimUntil(ctx, tx, who, o.ID, tx.Now().Add(Assigned)); err != nil {
		return err
	}
	if err := recordCase(ctx, tx, by, o, "case.assigned", "to "+who.Name); err != nil {
		return err
	}
	return begin(ctx, tx, who, o)
}

// suits refuses a case that who should not get.
func suits(ctx context.Context, tx *db.Tx, who account.Actor, o order.Order) error {
	if !who.Can(account.Approve) || !who.Covers(string(o.PlanID), string(o.ProgramID)) {
		return fault.New(fault.Denied, "%s doesn't review orders of this plan and program.", who.Name)
	}
	if o.Status == order.DoctorReview && !who.Can(account.Deny) {
		return fault.New(fault.Denied, "The case waits for a physician, and %s isn't one.", who.Name)
	}
	if noConflict(ctx, tx, who, o) != nil {
		return fault.New(fault.Denied, "%s declared a conflict of interest with the office.", who.Name)
	}
	fits, err := fitting(ctx, tx, who)
	if err != nil {
		return err
	}
	ok, err := fits(waiting{id: o.ID, office: o.OrganizationID, location: o.LocationID, line: o.Line, plan: o.PlanID, program: o.ProgramID, status: o.Status})
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "The case doesn't fit the training, panels or licenses of %s.", who.Name)
	}
	return err
}

// Colleagues are the people who decide cases, by name.
func Colleagues(ctx context.Context, tx *db.Tx) ([]account.Person, error) {
	return account.Having(ctx, tx, account.Nurse, account.Physician)
}
