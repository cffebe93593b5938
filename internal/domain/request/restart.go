package request

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/guideline"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// forget discards what was answered, and what was enclosed, about somebody
// else than r's patient.
func forget(ctx context.Context, tx *db.Tx, by account.Actor, r Request) error {
	had, err := responses(ctx, tx, by, r)
	if err != nil {
		return err
	}
	for _, b := range had {
		if string(b.MemberID) != r.Patient.MemberID {
			if err := guideline.Discard(ctx, tx, by, b.Response); err != nil {
				return err
			}
		}
	}
	return dropFiles(ctx, tx, by, r, func(u attachment.Upload) bool { return u.MemberID != r.Patient.MemberID })
}

// dropFiles deletes some of r's files.
func dropFiles(ctx context.Context, tx *db.Tx, by account.Actor, r Request, which func(attachment.Upload) bool) error {
	all, err := attachment.Uploads(ctx, tx, string(r.ID))
	if err != nil {
		return err
	}
	for _, u := range all {
		if which(u) {
			if err := attachment.Delete(ctx, tx, by, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// restarts tells what it would do to the clinical answers if the order of r
// were what is asked: "" if nothing, else a sentence for the office.
func restarts(ctx context.Context, tx *db.Tx, by account.Actor, r Request, o Ordered) (words.Text, error) {
	c := r.Content
	c.Order = o
	next, err := asked(ctx, tx, c)
	if err != nil {
		return "", err
	}
	had, err := responses(ctx, tx, by, r)
	if err != nil || len(had) == 0 {
		return "", err
	}
	p, err := plan.Get(ctx, tx, r.Patient.PlanID)
	if err != nil {
		return "", err
	}
	assign(next, had)
	var said []words.Text
	for _, b := range had {
		i := slices.IndexFunc(next, func(q Questions) bool { return q.Response != nil && q.Response.ID == b.ID })
		switch {
		case len(b.Answers) == 0:
		case i < 0:
			said = append(said, words.Say("The answers about “%s” won’t be used.", words.Written(b.by.Title)))
		case next[i].loses():
			said = append(said, next[i].Changed(p.Zone()))
		}
	}
	return words.Join(said, " "), nil
}

// loses reports whether another guideline asks now, and not all answers are
// answers to it.
func (q Questions) loses() bool {
	if q.AskedBy.ID == q.Guideline.ID {
		return false
	}
	_, c := guideline.Carry(q.AskedBy.Version, q.Guideline.Version, q.Facts, q.Response.Answers)
	return len(c.Kept) < len(q.Response.Answers)
}
