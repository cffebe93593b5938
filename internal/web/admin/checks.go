package admin

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// A Finding is one thing that was looked at. Do is empty when it is in order,
// else one sentence that says what to do; Note is something to know that is in
// order all the same.
type Finding struct{ What, Do, Note string }

// checksPage is how each thing is that the service needs.
type checksPage struct {
	all []Finding
	at  string
}

func mayCheck(_ context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{}, r.By.Must(account.ManageProgram)
}

// longestCheck is how long all of it may take: a server that hangs must not
// hang the page that tells so.
const longestCheck = 15 * time.Second

func (p Pages) runChecks(ctx context.Context, r *web.Request) error {
	ctx, cancel := context.WithTimeout(ctx, longestCheck)
	defer cancel()
	r.Carry = p.Check(ctx)
	return nil
}

func showChecks(_ context.Context, r *web.Request) (web.Answer, error) {
	found, _ := r.Carry.([]Finding)
	p := &checksPage{all: found, at: civil.Clock(r.Tx.Now(), r.Zone(civil.DefaultZone)).String()}
	return web.Answer{Title: "Checks", Body: checksView(p), Crumbs: []ui.Link{{Text: "Health", Href: "/admin"}, {Text: "Checks"}}}, nil
}

// sentence is how things are, in one.
func (p *checksPage) sentence() string {
	n := 0
	for _, f := range p.all {
		if f.Do != "" {
			n++
		}
	}
	switch n {
	case 0:
		return "Everything works."
	case 1:
		return "1 thing needs you."
	}
	return strconv.Itoa(n) + " things need you."
}
