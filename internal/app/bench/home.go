package bench

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"parley/internal/domain/home"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// Home measures the first page of an office that has Rows orders and comes back
// after a week, through HTTP: its p99 (home.p99_ms).
func (r *Run) Home(ctx context.Context) error {
	if r.Rows == 0 {
		r.Rows = 100_000
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	nurse, err := r.nurse(ctx)
	if err != nil {
		return err
	}
	if err := r.fill(ctx, r.oneOffice); err != nil {
		return err
	}
	r.numbered.Store(int64(r.Rows)) // no number twice
	for range 20 {                  // what an office of that size has open
		if _, _, err := r.asked(ctx, nurse, 0); err != nil {
			return err
		}
	}
	if err := r.wasHere(ctx, 7*24*time.Hour); err != nil {
		return err
	}
	if err := r.full(ctx); err != nil {
		return err
	}
	server := httptest.NewServer(r.Handler)
	defer server.Close()
	tokens, err := r.sessions(ctx, r.by(0))
	if err != nil {
		return err
	}
	var took []time.Duration
	for end := time.Now().Add(r.For); time.Now().Before(end); {
		start := time.Now()
		if err := fetch(ctx, server.URL+"/", tokens[0]); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	return r.print("home.p99_ms", percentile(took, .99), "ms", len(took))
}

// oneOffice gives the orders to the first office.
func (r *Run) oneOffice(o *order.Order) {
	o.OrganizationID, o.LocationID = r.world.offices[0].ID, ""
}

// wasHere has the first person have looked at Home some time ago.
func (r *Run) wasHere(ctx context.Context, ago time.Duration) error {
	now := r.DB.Now
	defer func() { r.DB.Now = now }()
	r.DB.Now = func() time.Time { return now().Add(-ago) }
	return r.do(ctx, func(tx *db.Tx) error {
		_, err := home.Of(ctx, tx, r.by(0), tx.Now(), home.AsLast)
		return err
	})
}

// full is an error if there is nothing on the page that is measured.
func (r *Run) full(ctx context.Context) error {
	return r.do(ctx, func(tx *db.Tx) error {
		d, err := home.Of(ctx, tx, r.by(0), tx.Now(), home.AsLast)
		if err == nil && (len(d.Needs) < home.Most || len(d.Changes.Lines) == 0) {
			err = fmt.Errorf("home shows %d needs and %d changes: that is no measure", len(d.Needs), len(d.Changes.Lines))
		}
		return err
	})
}
