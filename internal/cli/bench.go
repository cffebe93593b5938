package cli

import (
	"errors"
	"time"

	"parley/internal/app"
	"parley/internal/app/bench"
	"parley/internal/domain/account"
	"parley/internal/infra/mail"
)

type benchCmd struct {
	Slots    benchSlots    `cmd:"" help:"Free times for 10 business days; --rows is the number of reviewers."`
	Booking  benchBooking  `cmd:"" help:"Bookings, alone, beside searches, and 64 on one time; --rows is the number of reviewers."`
	Search   benchSearch   `cmd:"" help:"Order search; --rows is the number of orders."`
	Review   benchReview   `cmd:"" help:"The queue, and Next case pressed by 50 at once; --rows is the number of open cases."`
	Intake   benchIntake   `cmd:"" help:"The pages of a request beside uploads, through HTTP; --rows is the number of drafts."`
	Messages benchMessages `cmd:"" help:"The list of messages, a long one, and from an answer to the reviewer's screen; --rows is the number of messages."`
	Home     benchHome     `cmd:"" help:"The first page of an office; --rows is the number of its orders."`
	Imports  benchImports  `cmd:"" help:"Rosters and the directory of providers; --rows is the number of lines of each."`
	Live     benchLive     `cmd:"" help:"From a booking to the screens of others; --rows is the number of open pages."`
}

// A benchRun fills a database and measures. Give it one of its own.
type benchRun struct {
	storage
	Rows    int `help:"Size of what is measured; 0 for the usual."`
	Seconds int `help:"How long to measure." default:"10"`
}

type (
	benchSlots   struct{ benchRun }
	benchBooking struct {
		benchRun
		Mixed int `help:"Bookings, holds, moves, cancellations and changes of reviewer to run against each other."`
	}
	benchSearch   struct{ benchRun }
	benchReview   struct{ benchRun }
	benchIntake   struct{ benchRun }
	benchLive     struct{ benchRun }
	benchMessages struct{ benchRun }
	benchHome     struct{ benchRun }
	benchImports  struct{ benchRun }
)

func (b benchRun) open(s *streams) (*bench.Run, func(), error) {
	a, err := app.Open(s.ctx, app.Config{Database: b.Database, Data: b.Data, URL: "http://127.0.0.1", Log: s.log, Sender: &mail.Box{},
		Limits: account.Limits{Idle: time.Hour, Absolute: 12 * time.Hour}})
	if err != nil {
		return nil, nil, err
	}
	handler, err := a.Handler()
	if err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	closed := func() { _ = a.Close() }
	if err := a.DB.Migrate(s.ctx); err != nil {
		closed()
		return nil, nil, err
	}
	return &bench.Run{DB: a.DB, Rows: b.Rows, For: time.Duration(b.Seconds) * time.Second, Out: s.out, Handler: handler}, closed, nil
}

// measure opens the database and measures on it.
func (b benchRun) measure(s *streams, what func(*bench.Run) error) error {
	r, closed, err := b.open(s)
	if err != nil {
		return err
	}
	defer closed()
	return what(r)
}

// Run measures from a booking to the screens of others.
func (b *benchLive) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error { return r.Live(s.ctx, r.Handler) })
}

// Run measures free times.
func (b *benchSlots) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error { return r.Slots(s.ctx) })
}

// Run measures bookings.
func (b *benchBooking) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error {
		r.Mixed = b.Mixed
		return r.Booking(s.ctx)
	})
}

// Run measures search.
func (b *benchSearch) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error { return r.Search(s.ctx) })
}

// Run measures the queue.
func (b *benchReview) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error { return r.Review(s.ctx) })
}

// Run measures the pages of a request.
func (b *benchIntake) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error { return r.Intake(s.ctx) })
}

// Run measures the message center.
func (b *benchMessages) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error { return r.Messages(s.ctx) })
}

// Run measures the first page.
func (b *benchHome) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error { return r.Home(s.ctx) })
}

// Run measures imports.
func (b *benchImports) Run(s *streams) error {
	return b.measure(s, func(r *bench.Run) error {
		im, err := app.OpenImporter(s.ctx, b.Database, b.Data)
		if err != nil {
			return err
		}
		return errors.Join(r.Imports(s.ctx, im.Import), im.Close())
	})
}
