package portal

import (
	"cmp"
	"context"

	"parley/internal/domain/civil"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// hand asks the ordering practitioner to answer the clinical questions.
func hand(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, away, err := openClinical(ctx, r)
	if err != nil || away != nil {
		return answered(away), err
	}
	_, err = request.Hand(ctx, r.Tx, r.By, p.Request)
	if fault.Is(err, fault.NotFound) {
		p.errors = []ui.FieldError{{Text: fault.Of(err).Text}}
		ans, shown := p.overview(ctx, r)
		ans.Status = 422
		return ans, cmp.Or(shown, err)
	}
	return web.Answer{SeeOther: p.path("")}, err
}

// handBack says that the practitioner is done.
func handBack(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err == nil {
		_, err = request.HandBack(ctx, r.Tx, r.By, q)
	}
	return web.Answer{SeeOther: "/requests/" + q.Number}, err
}

// handedWords say who was asked to answer, and by whom.
func (p *requestPage) handedWords() words.Text {
	h := p.Handed
	if h.BackAt != nil {
		return words.Say("%s handed it back %s.", h.BackName, civil.When(*h.BackAt, p.loc, p.now))
	}
	return words.Say("%s asked %s to answer the clinical questions %s.", h.Name, h.To, civil.When(h.At, p.loc, p.now))
}

// canHand reports whether the practitioner can be asked to answer: it is
// somebody else, and they weren't asked already.
func (p *requestPage) canHand() bool {
	return p.Done(request.ProvidersPart) && p.Clinical.Guidelines > 0 && !p.maySign && !p.WithPractitioner()
}
