package portal

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// letterPage is one letter with the ways it went.
type letterPage struct {
	o    order.Order
	l    letter.Letter
	plan plan.Plan
	ways []letter.Delivery
	loc  *time.Location
	now  time.Time
}

func openLetter(ctx context.Context, r *web.Request) (*letterPage, error) {
	o, err := order.Get(ctx, r.Tx, r.By, r.PathValue("order"))
	if err != nil {
		return nil, err
	}
	if r.By.Has(account.Site) && !r.By.Can(account.ReadClinical) {
		return nil, fault.New(fault.NotFound, "We can't find that letter.")
	}
	p := &letterPage{o: o, now: r.Tx.Now()}
	if p.l, err = letter.Get(ctx, r.Tx, o.ID, r.PathValue("letter")); err != nil {
		return nil, err
	}
	p.plan, err = plan.Get(ctx, r.Tx, o.PlanID)
	return p, err
}

func showLetter(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openLetter(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	all, err := letter.Deliveries(ctx, r.Tx, []letter.Letter{p.l})
	if err != nil {
		return web.Answer{}, err
	}
	p.ways, p.loc = all[p.l.ID], readerZone(ctx, r, p.o, p.plan)
	name := letterName(p.l)
	return web.Answer{Title: name, Body: letterView(p),
		Crumbs: []ui.Link{{Text: "Orders", Href: "/orders"}, {Text: words.Say("Order %s", order.Spaced(p.o.Number)), Href: "/orders/" + p.o.Number}, {Text: name}}}, nil
}

// letterPDF is a letter as it was sent; with ?print=large it is drawn again in
// large print.
func (p *Pages) letterPDF(ctx context.Context, r *web.Request) (web.Answer, error) {
	at, err := openLetter(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	head, err := letter.Letterhead(at.plan).Print(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	var content []byte
	if r.Query("print") == "large" {
		content, err = at.l.Draw(head, true, at.l.SentAt)
	} else {
		content, err = letter.PDF(ctx, p.Files, at.l, head)
	}
	return web.Answer{File: &web.File{Name: at.l.FileName(at.o.Number), Type: "application/pdf", Body: content}}, err
}

// letterName is a letter in a list: its title, and whose it is where it isn't
// the office's own.
func letterName(l letter.Letter) words.Text { return letterWhose(l) + words.AsIs(l.Title) }

func letterWhose(l letter.Letter) words.Text {
	switch {
	case l.Audience != letter.Member:
		return ""
	case l.Language == "es":
		return "Letter to the member (Spanish): "
	}
	return "Letter to the member: "
}

// letterWays is how a letter went: "On this page. Will be sent by mail."
func letterWays(all []letter.Delivery) words.Text {
	if len(all) == 0 {
		return "On this page."
	}
	var ways []words.Text
	for _, d := range all {
		ways = append(ways, words.Text(d.Words()))
	}
	return words.Say("%s.", words.Join(ways, ". "))
}

func (p *letterPage) path(parts ...string) string {
	return "/orders/" + p.o.Number + "/letters/" + p.l.ID + strings.Join(parts, "")
}

// proof is one line of how the letter went, with when and by whom.
func (p *letterPage) proof(d letter.Delivery) words.Text {
	s := words.Text(d.Words())
	if d.DoneAt != nil {
		s += words.Say(", %s", civil.When(*d.DoneAt, p.loc, p.now))
	}
	if d.Status == letter.Done && d.Channel != letter.OnPage {
		s += words.Say(". %s", words.AsIs(d.Proof+", "+d.By))
	}
	return words.Say("%s.", s)
}

// showLogo is a plan's picture, which stands on its letters.
func showLogo(ctx context.Context, r *web.Request) (web.Answer, error) {
	picture, err := plan.Logo(ctx, r.Tx, r.PathValue("logo"))
	return web.Answer{File: &web.File{Name: "logo.png", Type: "image/png", Inline: true, Body: picture}}, err
}
