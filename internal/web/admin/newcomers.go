package admin

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/web"
	"parley/internal/words"
)

// newcomersPage is who waits to be known as one of an organization.
type newcomersPage struct {
	all []account.Joining
	say string
	key string
	loc *time.Location
	now time.Time
}

const newcomersTitle = "Newcomers"

var newcomersDone = map[string]string{
	"yes": "They are their organization’s administrator now, and get a mail.",
	"no":  "Declined. They get a mail.",
}

func listNewcomers(ctx context.Context, r *web.Request) (web.Answer, error) {
	all, err := account.Newcomers(ctx, r.Tx, r.By)
	p := &newcomersPage{all, newcomersDone[r.Query("done")], r.Key(), r.Zone(civil.DefaultZone), r.Tx.Now()}
	return web.Answer{Title: words.Text(newcomersTitle), Body: newcomersView(p), Crumbs: crumbs(newcomersTitle)}, err
}

func decideNewcomer(ctx context.Context, r *web.Request) (web.Answer, error) {
	to := "no"
	if r.Value("accept") == "yes" {
		to = "yes"
	}
	return web.Answer{SeeOther: "/admin/newcomers?done=" + to}, account.DecideNewcomer(ctx, r.Tx, r.By, r.PathValue("joining"), to == "yes")
}
