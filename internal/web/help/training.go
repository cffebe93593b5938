package help

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/training"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// trainingPage is the sessions that a reader can register for.
type trainingPage struct {
	all []training.Offer
	key string
	loc *time.Location
	now time.Time
}

func showTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &trainingPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	p.all, err = training.Offers(ctx, r.Tx, r.By)
	return web.Answer{Title: "Training", Body: trainingView(p)}, err
}

func registerForTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	_, err := training.Register(ctx, r.Tx, r.By, r.PathValue("training"))
	return web.Answer{SeeOther: "/help/training"}, err
}

func leaveTraining(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/help/training"}, training.Leave(ctx, r.Tx, r.By, r.PathValue("training"))
}

// when is a session's time where the reader is.
func (p *trainingPage) when(o training.Offer) words.Text {
	return civil.SpanOn(o.StartsAt, o.Ends(), p.loc, p.now)
}

// places says how many are free, or that one waits.
func places(o training.Offer) words.Text {
	free := o.Seats - o.Taken
	switch {
	case o.Mine == training.Waiting && o.Ahead == 0:
		return "You are the next to get a place."
	case o.Mine == training.Waiting && o.Ahead == 1:
		return "1 person is before you."
	case o.Mine == training.Waiting:
		return words.Say("%s people are before you.", strconv.Itoa(o.Ahead))
	case free <= 0:
		return "All places are taken. Who waits gets one that becomes free."
	case free == 1:
		return "1 place is free."
	}
	return words.Say("%s places are free.", strconv.Itoa(free))
}

// joining is how to join, for who has a place.
func joining(o training.Offer) (rows []ui.SummaryRow) {
	for _, row := range []ui.SummaryRow{{Key: "Link", Value: words.AsIs(o.Link)}, {Key: "Phone", Value: words.AsIs(o.Phone)}, {Key: "Meeting number", Value: words.AsIs(o.Meeting)}, {Key: "Password", Value: words.AsIs(o.Password)}} {
		if row.Key == "Link" && row.Value != "" {
			row.Content = outward(o.Link)
		}
		if row.Value != "" {
			rows = append(rows, row)
		}
	}
	return rows
}
