package notify

import (
	"context"

	"parley/internal/domain/help"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// ProblemReported mails the support address, if there is one, that somebody
// reported a problem. What they wrote stays here: it can hold a member's data.
func (d *Desk) ProblemReported(ctx context.Context, tx *db.Tx, e help.ProblemReported) error {
	p, err := help.ReportedProblem(ctx, tx, e.ID)
	if err != nil || d.Support == "" {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "problem:" + p.ID, To: mail.Address{Email: d.Support}, ObjectID: p.ID,
		Subject: words.Say("A problem was reported: %s", p.Spaced()),
		Lines:   []words.Text{words.Say("Somebody reported a problem with %s. Its reference is %s.", words.Service, p.Spaced()), "Sign in to read what happened."},
		Link:    "/admin/problems", LinkText: "Read the reports",
	})
}
