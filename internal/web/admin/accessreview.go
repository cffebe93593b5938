package admin

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/web"
	"parley/internal/web/ui"
)

const reviewsPath = "/admin/access-reviews"

// accessReviews go through who has access as staff.
var accessReviews = web.AccessReviews{
	Base: func(id string) string { return reviewsPath + "/" + id },
	Crumbs: func(string) []ui.Link {
		return []ui.Link{{Text: "Administration", Href: "/admin/index"}, {Text: "Users", Href: "/admin/users"}}
	},
}

// A reviewedStaff is an organization whose people see every office's orders.
type reviewedStaff struct {
	account.Organization
	due bool
}

// listReviewed lists the organizations whose access operators review: most
// installations have one.
func listReviewed(ctx context.Context, r *web.Request) (web.Answer, error) {
	all, err := account.StaffOrganizations(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	if len(all) == 1 {
		return web.Answer{SeeOther: accessReviews.Base(all[0].ID)}, nil
	}
	var shown []reviewedStaff
	for _, o := range all {
		past, err := account.AccessReviews(ctx, r.Tx, r.By, o.ID)
		if err != nil {
			return web.Answer{}, err
		}
		shown = append(shown, reviewedStaff{o, account.ReviewDue(past, r.Tx.Now(), r.Zone(civil.DefaultZone))})
	}
	return web.Answer{Title: "Access reviews", Body: reviewedView(shown), Crumbs: crumbs("Access reviews", ui.Link{Text: "Users", Href: "/admin/users"})}, nil
}
