package merge

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// A Part is what of one kind a record has.
type Part struct {
	Name string
	N    int
	What string // becomes of it; "" where it just moves
}

// A Preview is what would happen if one record became part of another.
type Preview struct {
	From, Into account.Organization
	Second     bool   // a second administrator must agree
	Parts      []Part // those there are some of
	// Administrators of From and Into, and the people who belong to both.
	FromAdmins, IntoAdmins, Both int
	AllOver                      int // people of From who work at all of its locations
}

// parts are what is counted; $1 is the record that goes.
var parts = []struct{ name, what, query string }{
	{"People", "one post each, also for who belongs to both", `select count(distinct person_id) from membership where organization_id = $1`},
	{"Locations", "those of a name that is taken say where they came from", `select count(*) from location where organization_id = $1`},
	{"Practitioners", "they stay at their locations", `select count(distinct p.practitioner_id) from practitioner_location p join location l on l.id = p.location_id where l.organization_id = $1`},
	{"Phone and fax numbers that were confirmed", "they stay confirmed", `select count(*) from number_check c join location l on l.id = c.location_id where l.organization_id = $1 and c.proven_at is not null`},
	{"Calendar feeds of locations", "their links stay", `select count(*) from place_feed f join location l on l.id = f.location_id where l.organization_id = $1`},
	{"Orders", "each says in its history whose record it was", `select count(*) from orders where organization_id = $1`},
	{"Orders under a legal hold", "they stay held", `select count(*) from legal_hold h join orders o on o.id = h.order_id where o.organization_id = $1 and h.ended_at is null`},
	{"Orders for it as a site", "", `select count(*) from orders where site_id = $1`},
	{"Orders of older platforms", "", `select count(*) from legacy_order where (organization_id = $1 or site_id = $1)`},
	{"Drafts", "", `select count(*) from request where organization_id = $1 and sent_at is null and deleted_at is null`},
	{"Files", "", `select count(*) from upload where organization_id = $1 and deleted_at is null`},
	{"Messages", "", `select count(*) from message_thread where organization_id = $1`},
	{"Calls", "", `select count(*) from call where organization_id = $1`},
	{"Notes to the schedulers", "", `select count(*) from scheduler_note where organization_id = $1`},
	{"Appeals and reconsiderations", "", `select count(*) from appeal where organization_id = $1`},
	{"Answers about coverage", "", `select count(*) from eligibility where organization_id = $1`},
	{"Receipts", "", `select count(*) from need_receipt where organization_id = $1`},
	{"Favorite sites", "each once", `select count(*) from favorite_site where organization_id = $1`},
	{"Offices whose favorite site it is", "", `select count(*) from favorite_site where site_id = $1`},
	{"Usual call times and contacts", "where both have one, that of the record that stays counts", `select (select count(*) from usual_times where organization_id = $1) + (select count(*) from office_contact where organization_id = $1)`},
	{"Domains of its own sign-in", "people sign in there as before", `select count(*) from sso_domain where organization_id = $1`},
	{"Waves of the roll-out that name it", "they name the other", `select count(*) from rollout where organizations like '%' || $1 || '%'`},
	{"Announcements for it", "they are for the other", `select count(*) from announcement where organizations like '%' || $1 || '%'`},
	{"Reviewers who don’t decide about its orders", "they decide about none of the other’s either", `select count(*) from review_conflict where organization_id = $1`},
	{"Requests to join", "the other’s administrators decide", `select count(*) from join_request where organization_id = $1 and decided_at is null`},
	{"Open invitations", "they end: invite these people again", `select count(*) from invitation where organization_id = $1 and accepted_at is null and withdrawn_at is null`},
	{"Moves away from codes by mail", "they end", `select count(*) from factor_wave where organization_id = $1 and stopped_at is null and ended_at is null`},
}

// Look is what would happen. The error is a Conflict fault where the two can't
// become one. Who may: administrators.
func Look(ctx context.Context, tx *db.Tx, by account.Actor, from, into string) (p Preview, err error) {
	m, err := Wish{From: from, Into: into}.merging(ctx, tx, by)
	p.From, p.Into, p.Second = m.From, m.Into, Differ(m.From, m.Into)
	if err != nil {
		return p, err
	}
	for _, one := range parts {
		n, err := db.Count(ctx, tx, one.query, m.From.ID)
		if err != nil {
			return p, err
		}
		if n > 0 {
			p.Parts = append(p.Parts, Part{one.name, n, one.what})
		}
	}
	const admins = `select count(distinct m.person_id) from membership m join person p on p.id = m.person_id where m.organization_id = $1 and m.role = $2 and p.disabled_at is null`
	for _, c := range []struct {
		n     *int
		query string
		args  []any
	}{
		{&p.FromAdmins, admins, []any{m.From.ID, string(account.OrgAdmin)}},
		{&p.IntoAdmins, admins, []any{m.Into.ID, string(account.OrgAdmin)}},
		{&p.Both, `select count(distinct person_id) from membership where organization_id = $1 and person_id in (select person_id from membership where organization_id = $2)`, []any{m.From.ID, m.Into.ID}},
		{&p.AllOver, `select count(distinct person_id) from membership where organization_id = $1 and location_id is null and limited = $2`, []any{m.From.ID, false}},
	} {
		if *c.n, err = db.Count(ctx, tx, c.query, c.args...); err != nil {
			return p, err
		}
	}
	return p, nil
}
