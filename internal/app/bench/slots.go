package bench

import (
	"context"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
)

// Slots measures free times for ten business days: from an index that is
// built (slots.index_us, and of 50,000 reviewers slots.crowd_ms), building it from hours and claims and answering
// (slots.cold_ms), and the whole way from the database (slots.large_ms, p99).
// Rows is the number of reviewers.
func (r *Run) Slots(ctx context.Context) error {
	if r.Rows == 0 {
		r.Rows = 500
	}
	if err := r.engine(); err != nil {
		return err
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.reviewers(ctx, r.Rows); err != nil {
		return err
	}
	orders, err := r.denied(ctx, 1)
	if err != nil {
		return err
	}
	var took []time.Duration
	for end := time.Now().Add(r.For); time.Now().Before(end); {
		start := time.Now()
		err := r.DB.View(ctx, func(tx *db.Tx) error {
			st, err := peer.Stand(ctx, tx, r.world.staff[0], orders[0])
			if err == nil {
				_, err = peer.Offers(ctx, tx, r.world.staff[0], orders[0], st, nil)
			}
			return err
		})
		if err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	return r.print("slots.large_ms", percentile(took, .99), "ms", len(took))
}

// engine measures the index alone, without a database.
func (r *Run) engine() error {
	zone, err := civil.Zone("America/Chicago")
	if err != nil {
		return err
	}
	const rounds, crowd, crowdRounds = 2000, 50_000, 100
	cold, warm := indexed(r.Rows, rounds, r.DB.Now(), zone)
	if err := r.print("slots.index_us", float64(warm.Nanoseconds())/rounds/1000, "us", rounds); err != nil {
		return err
	}
	if err := r.print("slots.cold_ms", float64(cold.Microseconds())/1000, "ms", 1); err != nil {
		return err
	}
	_, warm = indexed(crowd, crowdRounds, r.DB.Now(), zone)
	return r.print("slots.crowd_ms", float64(warm.Microseconds())/crowdRounds/1000, "ms", crowdRounds)
}

// indexed is how long building an index of n reviewers and asking it takes,
// and how long asking it some more times does.
func indexed(n, rounds int, now time.Time, zone *time.Location) (cold, warm time.Duration) {
	in := peer.NewHorizon(now, now.Add(15*24*time.Hour))
	hours, everyone := busy(n, now, zone)
	q := peer.Query{Minutes: 60, From: now, Until: in.Until(), Tiers: []peer.Reviewers{everyone}}
	start := time.Now()
	index := peer.NewIndex(in, hours)
	index.Offers(q)
	cold = time.Since(start)
	start = time.Now()
	for range rounds {
		index.Offers(q)
	}
	return cold, time.Since(start)
}

// busy are reviewers of whose time about a tenth is taken.
func busy(n int, now time.Time, zone *time.Location) ([]peer.Hours, peer.Reviewers) {
	random := fixed()
	hours := make([]peer.Hours, n)
	var everyone peer.Reviewers
	for i := range hours {
		for day := time.Monday; day <= time.Friday; day++ {
			hours[i].Weekly = append(hours[i].Weekly, peer.Weekly{Weekday: day, From: 9 * 60, Until: 17 * 60, Zone: zone})
		}
		first := now.Unix() / int64(peer.Quantum/time.Second)
		for range 30 {
			start := first + random.Int64N(15*288)
			for q := range int64(12) {
				hours[i].Claimed = append(hours[i].Claimed, start+q)
			}
		}
		everyone.Add(i)
	}
	return hours, everyone
}
