package review

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// practitionerPage shows what an office entered of a practitioner whom the
// national directory didn't have, beside what it has now.
type practitionerPage struct {
	*casePage
	stated provider.Stated
	listed *provider.Listing // nil if the directory doesn't have the NPI
}

func askPractitioner(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := openCase(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p := &practitionerPage{casePage: c}
	if p.stated, err = provider.StatedOf(ctx, r.Tx, c.o.PractitionerID); err != nil {
		return web.Answer{}, err
	}
	l, err := provider.FindListing(ctx, r.Tx, p.stated.NPI)
	if err == nil {
		p.listed = &l
	} else if !fault.Is(err, fault.NotFound) {
		return web.Answer{}, err
	}
	return p.answer(practitionerView(p), ui.Link{Text: "Ordering practitioner"}), nil
}

func checkPractitioner(ctx context.Context, r *web.Request) (web.Answer, error) {
	c, err := openCase(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: "/review/cases/" + c.o.Number}, provider.Check(ctx, r.Tx, r.By, c.o.PractitionerID)
}

func (p *practitionerPage) rows() []ui.SummaryRow {
	s := p.stated
	return []ui.SummaryRow{
		{Key: "Name", Value: words.AsIs(s.Name())}, {Key: "NPI", Value: words.AsIs(s.NPI)}, {Key: "Specialty", Value: words.AsIs(s.Specialty)}, {Key: "Address", Value: words.Text(s.Words())},
		{Key: "Phone", Value: words.AsIs(s.Address.Phone)}, {Key: "Fax", Value: words.AsIs(s.Fax)}, {Key: "Entered", Value: words.Say("%s by %s", civil.When(s.At, p.loc, p.now), s.By)},
	}
}

func (p *practitionerPage) directory() []ui.SummaryRow {
	l := p.listed
	return []ui.SummaryRow{{Key: "Name", Value: words.AsIs(l.Name)}, {Key: "Credential", Value: words.AsIs(l.Credential)}, {Key: "City", Value: words.Say("%s, %s", l.City, l.State)}, {Key: "Phone", Value: words.AsIs(l.Phone)}}
}
