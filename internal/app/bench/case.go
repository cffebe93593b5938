package bench

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
)

// sentCases are how many cases the page of one is measured on.
const sentCases = 20

// casePages measures the page of a case, through HTTP, as a nurse opens one
// after another: requests that offices sent with their answers, each weighed by
// the guideline and left to a person (review.case_p99_ms).
func (r *Run) casePages(ctx context.Context, nurse account.Actor) error {
	numbers, err := r.sent(ctx)
	if err != nil {
		return err
	}
	tokens, err := r.sessions(ctx, nurse)
	if err != nil {
		return err
	}
	server := httptest.NewServer(r.Handler)
	defer server.Close()
	var took []time.Duration
	for end := time.Now().Add(r.For); time.Now().Before(end); {
		start := time.Now()
		if err := fetch(ctx, server.URL+"/review/cases/"+numbers[len(took)%len(numbers)], tokens[0]); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	return r.print("review.case_p99_ms", percentile(took, .99), "ms", len(took))
}

// sent has offices send requests of a program in which people decide all, and
// returns the orders' numbers.
func (r *Run) sent(ctx context.Context) (numbers []string, err error) {
	in := &intake{Run: r, day: civil.DateIn(r.DB.Now(), time.UTC).AddDays(7)}
	if err := in.lists(ctx); err != nil {
		return nil, err
	}
	err = r.do(ctx, func(tx *db.Tx) error {
		p := r.world.program
		p.Intake.ByHand = true
		_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range sentCases {
		var o order.Order
		err := r.do(ctx, func(tx *db.Tx) (err error) {
			if err = in.draft(ctx, tx, i); err == nil {
				o, err = review.Receive(ctx, tx, r.by(i), in.drafts[len(in.drafts)-1], request.Sending{Attested: true})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if !o.Status.Pending() {
			return nil, fmt.Errorf("a request that waits for a person is %s", o.Status)
		}
		numbers = append(numbers, o.Number)
	}
	return numbers, r.DB.Weigh(ctx)
}
