package review

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Levels are the statuses of the cases that by pulls from the queue: nurses
// those that no physician is asked for, physicians all, and what waits for one
// is among them. What the office must answer waits for nobody.
func Levels(by account.Actor) []order.Status {
	if by.Can(account.Deny) {
		return []order.Status{order.DoctorReview, order.NurseReview, order.New}
	}
	return []order.Status{order.NurseReview, order.New}
}

// Next weighs a few cases at first, since one of them mostly fits and is free
// even if a dozen ask at the same moment, and then more at a time.
const firstLook, mostLook = 32, 128

// Who is forestalled in all that waits looks again that often: each time
// others got cases, and what is left is less.
const rounds = 10

// Next claims for by the case that is due first among those that they may
// review, that fit them and that nobody works on. However many ask at once,
// none gets another's. The error is a NotFound fault if nothing waits for
// them, and a Conflict where others took whatever did, or hold it, time and
// again. Who may: those who approve.
func Next(ctx context.Context, tx *db.Tx, by account.Actor) (order.Order, error) {
	if err := by.Must(account.Approve); err != nil {
		return order.Order{}, err
	}
	fits, err := fitting(ctx, tx, by)
	if err != nil {
		return order.Order{}, err
	}
	for range rounds {
		id, forestalled, err := claimAlong(ctx, tx, by, fits)
		switch {
		case err != nil || id != "":
			return begun(ctx, tx, by, id, err)
		case !forestalled:
			return order.Order{}, fault.New(fault.NotFound, "Nothing waits for you now.")
		}
	}
	return order.Order{}, fault.New(fault.Conflict, "Others are taking the last cases at this moment. Ask for the next case again.")
}

// claimAlong walks the queue until a case that fits is claimed, which is "" if
// none is; forestalled says that some fit then, and others were faster.
func claimAlong(ctx context.Context, tx *db.Tx, by account.Actor, fits func(waiting) (bool, error)) (id order.ID, forestalled bool, err error) {
	from := waiting{}
	for look := firstLook; ; look = min(4*look, mostLook) {
		some, err := waitingCases(ctx, tx, by, from, look)
		if err != nil || len(some) == 0 {
			return "", forestalled, err
		}
		from = some[len(some)-1]
		var ids []order.ID
		for _, w := range some {
			ok, err := fits(w)
			if err != nil {
				return "", false, err
			}
			if ok {
				ids = append(ids, w.id)
			}
		}
		id, err := claimFirst(ctx, tx, by, ids)
		if err != nil || id != "" {
			return id, false, err
		}
		forestalled = forestalled || len(ids) > 0
	}
}

// begun is the case that was claimed, as it is once its review began.
func begun(ctx context.Context, tx *db.Tx, by account.Actor, id order.ID, err error) (order.Order, error) {
	if err != nil {
		return order.Order{}, err
	}
	o, err := order.ByID(ctx, tx, by, id)
	if err != nil {
		return o, err
	}
	e := by.Audit("case.claimed", "order", string(o.ID))
	e.MemberID, e.Detail = o.MemberID, "next case"
	if err := audit.Record(ctx, tx, e); err != nil {
		return o, err
	}
	return o, begin(ctx, tx, by, o)
}

// claimFirst claims the first of some cases that nobody is claiming at this
// moment, "" if others have them all. Rows that others hold are passed over, and
// those that they have claimed since they were listed: nobody waits for
// anybody. Whom another forestalls between choosing and claiming gets nothing
// of it, and chooses again.
func claimFirst(ctx context.Context, tx *db.Tx, by account.Actor, ids []order.ID) (order.ID, error) {
	if len(ids) == 0 {
		return "", nil
	}
	for range 3 {
		if got, err := claimOneOf(ctx, tx, by, ids); err != nil || got != "" {
			return got, err
		}
	}
	return "", nil
}

// A waiting case is what Next must know of one.
type waiting struct {
	id                     order.ID
	due                    int64 // its place in the queue
	office, location, line string
	plan                   plan.ID
	program                plan.ProgramID
	status                 order.Status
}

func scanWaiting(r db.Row) (w waiting, err error) {
	return w, r.Scan((*string)(&w.id), &w.due, &w.office, &w.location, &w.line, (*string)(&w.plan), (*string)(&w.program), (*string)(&w.status))
}

// waitingCases are the first few that nobody works on after a place in the
// queue, what is due first first. Each status is walked along its own index.
func waitingCases(ctx context.Context, tx *db.Tx, by account.Actor, after waiting, few int) ([]waiting, error) {
	var all []string
	seen, args := order.Visible(by, 1)
	args = append(args, after.due, string(after.id), tx.Now(), few)
	n := len(args)
	at := func(back int) string { return "$" + strconv.Itoa(n-back) }
	for _, s := range Levels(by) {
		args = append(args, string(s))
		all = append(all, `select * from (select id, sort_due, organization_id, coalesce(location_id, ''), line, plan_id, program_id, status from orders
			where `+seen+` and status = $`+strconv.Itoa(len(args))+` and (sort_due, id) > (`+at(3)+`, `+at(2)+`)
				and not exists (select 1 from case_claim c where c.order_id = orders.id and c.until > `+at(1)+`)
				and not exists (select 1 from case_snooze z where z.order_id = orders.id and z.until > `+at(1)+`)
			order by sort_due, id limit `+at(0)+`) q`+strconv.Itoa(len(args)))
	}
	return db.All(ctx, tx, scanWaiting, strings.Join(all, " union all ")+` order by sort_due, id limit `+at(0), args...)
}

// fitting says which cases fit by: the programs they are trained for, the
// plans and lines of business on whose panel they are, for physicians a
// license of the office's state, and no conflict of interest. Of reviewers of
// whom nothing is on file only the last is asked.
func fitting(ctx context.Context, tx *db.Tx, by account.Actor) (func(waiting) (bool, error), error) {
	conflicts, err := conflictsOf(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	r, err := Get(ctx, tx, by.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	known := err == nil
	return func(w waiting) (bool, error) {
		if slices.ContainsFunc(conflicts, func(c Conflict) bool { return c.OrganizationID == w.office }) {
			return false, nil
		}
		if !known {
			return true, nil
		}
		onPlan, onLine := r.OnPanel(w.plan, w.line)
		if !onPlan || !onLine || len(r.Programs) > 0 && !slices.Contains(r.Programs, w.program) {
			return false, nil
		}
		if !r.Physician {
			return true, nil
		}
		state, err := OfficeState(ctx, tx, order.Order{LocationID: w.location})
		return r.Licensed(state, civil.DateIn(tx.Now(), r.zone())), err
	}, nil
}
