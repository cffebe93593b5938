package review

import (
	"context"
	"fmt"

	"parley/internal/domain/account"
	"parley/internal/domain/letter"
	"parley/internal/domain/member"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// approveAll chooses to approve all that was asked for.
func (f *decisionForm) approveAll() {
	for n, l := range f.lines {
		l.outcome = string(review.Approve)
		f.lines[n] = l
	}
	f.quick = true
}

// reader finds out in which language the member's letters are.
func (p *casePage) reader(ctx context.Context, r *web.Request) error {
	m, err := member.Get(ctx, r.Tx, member.ID(p.o.MemberID))
	p.spanish = letter.Spanish(m)
	return err
}

// preview shows how the letters would read, with what is wrong with them.
func (p *casePage) preview(ctx context.Context, r *web.Request, d review.Decision) error {
	d.Attested = true // that is asked for when it is sent
	made, o, err := review.Prepare(ctx, r.Tx, r.By, d)
	if err != nil {
		return err
	}
	p.letters, err = letter.Preview(ctx, r.Tx, review.AsDecided(o, d, made), made)
	return err
}

// send makes the determination. What is adverse is signed with the password,
// and a reason that its reader would stumble over is sent back first.
func (p *casePage) send(ctx context.Context, r *web.Request, d review.Decision) error {
	if d.Adverse() {
		if err := plainWords(d); err != nil {
			return err
		}
		if _, _, err := review.Prepare(ctx, r.Tx, r.By, d); err != nil { // a password is the last thing that is asked for
			return err
		}
		if err := account.Confirm(ctx, r.Tx, r.Visit, "password", r.Value("password")); err != nil {
			return err
		}
	}
	_, err := review.Decide(ctx, r.Tx, r.By, d)
	return err
}

// plainWords refuses reasons for the member that a letter couldn't carry.
func plainWords(d review.Decision) error {
	f := fault.Fields{}
	for field, found := range map[string][]letter.Finding{"plain": letter.LintReason(d.Plain, "en"), "plain_es": letter.LintReason(d.PlainES, "es")} {
		for _, one := range found {
			if one.Blocks {
				f.Check(false, field, words.AsIs(one.Text))
			}
		}
	}
	return f.Err()
}

// signingPage is a denial that waits for a second signature.
type signingPage struct {
	*casePage
	why string
}

func openSigning(ctx context.Context, r *web.Request) (*signingPage, bool, error) {
	c, err := openCase(ctx, r)
	if err != nil {
		return nil, false, err
	}
	return &signingPage{casePage: c}, c.proposal != nil && c.mayDeny, nil
}

func (p *signingPage) page() web.Answer {
	return p.answer(signingView(p), ui.Link{Text: "Second signature"})
}

func askSignature(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, open, err := openSigning(ctx, r)
	if err != nil || !open {
		return web.Answer{SeeOther: "/review/cases/" + r.PathValue("order")}, err
	}
	return p.page(), nil
}

func signSecond(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, open, err := openSigning(ctx, r)
	if err != nil || !open {
		return web.Answer{SeeOther: "/review/cases/" + r.PathValue("order")}, err
	}
	if r.Value("action") == "back" {
		p.why = r.Value("why")
		err = review.SendBack(ctx, r.Tx, r.By, p.o.ID, p.why)
	} else {
		if err = account.Confirm(ctx, r.Tx, r.Visit, "password", r.Value("password")); err == nil {
			_, err = review.Countersign(ctx, r.Tx, r.By, p.o.ID, r.Value("attested") != "")
		}
	}
	if err == nil {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "attested", "password", "why")
	return p.page(), err
}

// proposedLine is what is proposed for a service.
func (p *signingPage) proposedLine(line int) string {
	for _, l := range p.proposal.Decision.Lines {
		if l.Line != line {
			continue
		}
		switch l.Outcome {
		case review.Approve:
			return "Approve"
		case review.Modify:
			return fmt.Sprintf("Approve in part: %d units. %s", l.Units, l.Reason)
		}
		return "Deny. " + l.Reason
	}
	return ""
}

func undoDecision(ctx context.Context, r *web.Request) (web.Answer, error) {
	o, err := caseOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	_, err = review.Undo(ctx, r.Tx, r.By, o.ID)
	return web.Answer{SeeOther: "/review/cases/" + o.Number}, err
}
