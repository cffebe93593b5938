package notify

import (
	"context"

	"parley/internal/domain/survey"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// SurveyAsked mails somebody the way to a survey. About which call or decision
// it is isn't told: the answers are about working with us.
func (d *Desk) SurveyAsked(ctx context.Context, tx *db.Tx, e survey.Asked) error {
	p, err := survey.Person(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "survey:" + e.ID, To: mail.Address{Name: p.Name(), Email: p.Email}, ObjectID: e.ID,
		Subject: "How did it go?",
		Lines: []words.Text{"You worked with us lately. Six short questions tell us what to do better; any of them can be left out.",
			"We ask at most once a month. On the page you can say that you don't want to be asked again."},
		Link: "/help/survey/" + e.ID, LinkText: "Answer or skip",
	})
}
