package web

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// AccessReviews are the pages on which the access to an organization is
// reviewed: offices and operators have them each in their place.
type AccessReviews struct {
	Base   func(organizationID string) string // path of the pages
	Crumbs func(organizationID string) []ui.Link
}

// Pages are what to register below a path that names the organization.
func (a AccessReviews) Pages() map[string]Page {
	return map[string]Page{"GET ": a.list, "POST ": a.begin, "GET /{review}": a.show, "POST /{review}": a.judge, "GET /{review}/csv": a.export}
}

func (a AccessReviews) list(ctx context.Context, r *Request) (Answer, error) {
	id := r.PathValue("organization")
	all, err := account.AccessReviews(ctx, r.Tx, r.By, id)
	if err != nil {
		return Answer{}, err
	}
	o, err := account.GetOrganization(ctx, r.Tx, id)
	p := ui.AccessReviews{Organization: o.Name, Base: a.Base(id), Key: r.Key(), All: all, Loc: r.Zone(civil.DefaultZone), Now: r.Tx.Now()}
	p.Due = account.ReviewDue(all, p.Now, p.Loc)
	return Answer{Title: "Access reviews", Body: ui.AccessReviewsView(p), Crumbs: append(a.Crumbs(id), ui.Link{Text: "Access reviews"})}, err
}

func (a AccessReviews) begin(ctx context.Context, r *Request) (Answer, error) {
	id := r.PathValue("organization")
	begun, err := account.BeginReview(ctx, r.Tx, r.By, id)
	return Answer{SeeOther: a.Base(id) + "/" + begun.ID}, err
}

func (a AccessReviews) open(ctx context.Context, r *Request) (p ui.AccessReview, err error) {
	id := r.PathValue("organization")
	p = ui.AccessReview{Base: a.Base(id), Inherits: r.By.Administers(id), Key: r.Key(), Saved: r.Query("saved") != "", Loc: r.Zone(civil.DefaultZone), Now: r.Tx.Now(), Faults: map[string]words.Text{}}
	if p.Review, p.People, err = account.FindReview(ctx, r.Tx, r.By, id, r.PathValue("review")); err != nil {
		return p, err
	}
	o, err := account.GetOrganization(ctx, r.Tx, id)
	p.Organization = o.Name
	return p, err
}

func (a AccessReviews) answer(r *Request, p ui.AccessReview) Answer {
	return Answer{Title: "Access review", Body: ui.AccessReviewView(p), Errors: p.Errors,
		Crumbs: append(a.Crumbs(r.PathValue("organization")), ui.Link{Text: "Access reviews", Href: p.Base}, ui.Link{Text: "Access review"})}
}

func (a AccessReviews) show(ctx context.Context, r *Request) (Answer, error) {
	p, err := a.open(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	return a.answer(r, p), nil
}

func (a AccessReviews) judge(ctx context.Context, r *Request) (Answer, error) {
	p, err := a.open(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	said, order := map[account.PersonID]account.Judgment{}, []string{}
	for i, one := range p.People {
		key := "access_" + string(one.PersonID)
		j := account.Judgment{Verdict: account.Verdict(r.Value(key)), Was: r.Value("was_" + string(one.PersonID))}
		said[one.PersonID], order = j, append(order, key)
		if !one.Self && j.Verdict != account.Undecided {
			p.People[i].Verdict = j.Verdict // as it was chosen, if the page comes again
		}
	}
	later := r.Value("save") != ""
	if err = account.Judge(ctx, r.Tx, r.By, p.Review.OrganizationID, p.Review.ID, said, !later); fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) && p.Review.DoneAt == nil {
		p.Faults, p.Errors = fault.Of(err).Fields, Errors(err, order...)
		return a.answer(r, p), err
	}
	to := p.Base + "/" + p.Review.ID
	if later {
		to += "?saved=yes"
	}
	return Answer{SeeOther: to}, err
}

// export sends what a review said.
func (a AccessReviews) export(ctx context.Context, r *Request) (Answer, error) {
	p, err := a.open(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	rows := [][]string{{"Organization", "Review begun (UTC)", "Begun by", "Finished (UTC)", "Finished by", "Name", "Email", "Roles", "Last sign-in (UTC)", "Access", "Said by", "Said at (UTC)"}}
	for _, one := range p.People {
		var at *time.Time
		if one.Verdict != account.Undecided && !one.At.IsZero() {
			at = &one.At
		}
		rows = append(rows, []string{p.Organization, stamp(&p.Review.BegunAt), p.Review.BegunName, stamp(p.Review.DoneAt), p.Review.DoneName, one.Name, one.Email, strings.ReplaceAll(one.Was(), ",", ", "), stamp(one.LastAt), string(one.Verdict), one.ByName, stamp(at)})
	}
	file, err := CSV("access-review-"+p.Review.BegunAt.UTC().Format("20060102")+".csv", rows)
	return Answer{File: file}, err
}
