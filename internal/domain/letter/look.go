package letter

import (
	"context"
	"fmt"

	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Sample is a letter of t about a made-up case.
func (t *Template) Sample() (Letter, error) { return t.letter(sample(t.Language)) }

// About is a letter of t about an order as it is now. Nothing is kept. What
// nobody has said yet, such as why a request is denied that isn't, stays empty,
// and its problems say so. The caller has read the order.
func (t *Template) About(ctx context.Context, tx *db.Tx, o order.Order) (Letter, error) {
	m, err := about(ctx, tx, o)
	if err != nil {
		return Letter{}, err
	}
	d, err := review.Latest(ctx, tx, o.ID)
	if err == nil {
		err = m.decided(ctx, tx, d)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Letter{}, err
	}
	if o.DueAt != nil {
		m.Due = *o.DueAt
	}
	return t.letter(m.facts(t.Language, t.Audience))
}

func (t *Template) letter(f Facts) (Letter, error) {
	l := Letter{Kind: t.Kind, Audience: t.Audience, Language: t.Language, Template: t.Ref()}
	return l, l.fill(t, f)
}

// Reading is how hard a letter to a member is to read, in a sentence; "" for
// one to an office.
func (l Letter) Reading() string {
	prose := proseOf(l.Blocks)
	switch {
	case l.Audience != Member:
		return ""
	case l.Language == "es":
		return fmt.Sprintf("Ease of reading in Spanish: %.0f of 100. At least %.0f is needed.", Ease(prose), leastEase)
	}
	return fmt.Sprintf("Reads at grade %.1f. Grade %.0f is the most.", Grade(prose), mostGrade)
}

// Sibling is the template from which a reader of the other language would get
// the same letter now, nil for none and for letters to an office, which are in
// English alone.
func (s Source) Sibling(ctx context.Context, tx *db.Tx) (*Template, error) {
	if s.Audience != Member {
		return nil, nil
	}
	c := s.Case
	c.Language = map[string]string{"en": "es", "es": "en"}[c.Language]
	day, err := Today(tx)
	if err != nil {
		return nil, err
	}
	some, err := Holding(ctx, tx, c, day)
	if err != nil || len(some) == 0 {
		return nil, err
	}
	return some[0], nil
}
