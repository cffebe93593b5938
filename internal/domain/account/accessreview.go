package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// An AccessReview goes through everybody who has a role in an organization: who
// keeps it, and who should not have it any more. One is open for an organization
// until all is said.
type AccessReview struct {
	ID, OrganizationID  string
	BegunAt             time.Time
	BegunName, DoneName string
	DoneAt              *time.Time // nil while it is open; DoneName is "" where it ended because the organization became part of another
}

// A Verdict is what an access review says of somebody.
type Verdict string

// Verdicts.
const (
	Undecided Verdict = ""
	Keep      Verdict = "keep"
	Remove    Verdict = "remove" // of all their roles in the organization
	Oneself   Verdict = "self"   // of who finished it: nobody judges their own access, and nobody else did
)

// An Access is somebody's in an organization, and what a review says of it.
type Access struct {
	PersonID    PersonID
	Name, Email string
	Roles       []Role
	LastAt      *time.Time // their last sign-in; nil if not in the last three months, which is as long as sessions are kept
	Self        bool       // the reader's own, which others judge
	Verdict     Verdict
	ByName      string    // who said so
	At          time.Time // and when
}

// Was is the roles as a form carries them, to see that what was judged is what
// is there.
func (a Access) Was() string { return rolesText(a.Roles) }

// Stale reports whether somebody should look twice at a: nobody signed in with
// it for three months.
func (a Access) Stale() bool { return a.LastAt == nil }

func rolesText(roles []Role) string {
	var all []string
	for _, r := range roles {
		all = append(all, string(r))
	}
	return strings.Join(all, ",")
}

// mayReview is a NotFound fault for who doesn't review who has access to an
// organization: operators that of staff, an organization's administrators its
// own.
func mayReview(ctx context.Context, tx *db.Tx, by Actor, organizationID string) error {
	if by.Can(ManageProgram) {
		o, err := GetOrganization(ctx, tx, organizationID)
		if err != nil || o.Kind == "um" {
			return err
		}
	}
	return by.MustAdminister(organizationID)
}

const reviewColumns = `id, organization_id, begun_at, begun_name, done_at, done_name`

func scanReview(r db.Row) (a AccessReview, err error) {
	return a, r.Scan(&a.ID, &a.OrganizationID, &a.BegunAt, &a.BegunName, &a.DoneAt, &a.DoneName)
}

// StaffOrganizations are those whose people see every office's orders, by name.
// Who may: operators.
func StaffOrganizations(ctx context.Context, tx *db.Tx, by Actor) ([]Organization, error) {
	if err := by.Must(ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanOrganization, `select `+organizationColumns+` from organization where kind = 'um' order by name, id`)
}

// AccessReviews are an organization's, the newest first, at most 20.
func AccessReviews(ctx context.Context, tx *db.Tx, by Actor, organizationID string) ([]AccessReview, error) {
	if err := mayReview(ctx, tx, by, organizationID); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanReview, `select `+reviewColumns+` from access_review where organization_id = $1 order by begun_at desc, id limit 20`, organizationID)
}

// ReviewDue reports whether an organization's access wants a review in the
// quarter of a day in loc: none was begun in it.
func ReviewDue(all []AccessReview, now time.Time, loc *time.Location) bool {
	quarter := quarterOf(now, loc)
	return !slices.ContainsFunc(all, func(a AccessReview) bool { return !a.BegunAt.Before(quarter) })
}

// StaffReviewDue reports whether the access of some staff wants a review in this
// quarter in loc. It tells nothing of anybody, so it asks for nobody's rights.
func StaffReviewDue(ctx context.Context, tx *db.Tx, loc *time.Location) (bool, error) {
	return db.Exists(ctx, tx, `select 1 from organization o where o.kind = 'um' and not exists
		(select 1 from access_review r where r.organization_id = o.id and r.begun_at >= $1)`, quarterOf(tx.Now(), loc))
}

func quarterOf(now time.Time, loc *time.Location) time.Time {
	return civil.Start(civil.DateIn(now, loc).Quarter(), 0, loc)
}

// BeginReview opens a review of an organization's access, or finds the one that
// is open.
func BeginReview(ctx context.Context, tx *db.Tx, by Actor, organizationID string) (AccessReview, error) {
	if err := mayReview(ctx, tx, by, organizationID); err != nil {
		return AccessReview{}, err
	}
	a := AccessReview{ID: db.NewID("acr"), OrganizationID: organizationID, BegunAt: tx.Now(), BegunName: by.Name}
	n, err := tx.Exec(ctx, `insert into access_review (id, organization_id, begun_at, begun_name) values ($1, $2, $3, $4) on conflict do nothing`, a.ID, organizationID, a.BegunAt, a.BegunName)
	if err != nil {
		return a, err
	}
	if n == 0 {
		return db.One(ctx, tx, scanReview, `select `+reviewColumns+` from access_review where organization_id = $1 and done_at is null`, organizationID)
	}
	e := by.Audit("access_review.begun", "organization", organizationID)
	return a, audit.Record(ctx, tx, e)
}

// FindReview is one of an organization's access reviews, with everybody in it by
// name: while it is open, everybody who has access now and what was said of them;
// of one that is done what was said.
func FindReview(ctx context.Context, tx *db.Tx, by Actor, organizationID, id string) (a AccessReview, all []Access, err error) {
	if err := mayReview(ctx, tx, by, organizationID); err != nil {
		return a, nil, err
	}
	a, err = db.One(ctx, tx, scanReview, `select `+reviewColumns+` from access_review where id = $1 and organization_id = $2`, id, organizationID)
	if fault.Is(err, fault.NotFound) {
		return a, nil, fault.New(fault.NotFound, "We can't find that access review.")
	}
	if err != nil {
		return a, nil, err
	}
	said, err := db.All(ctx, tx, scanAccess, `
		select person_id, name, email, roles, last_at, verdict, by_name, at from access_review_line where review_id = $1 order by name, person_id`, id)
	if err != nil || a.DoneAt != nil {
		return a, said, err
	}
	if all, err = accessNow(ctx, tx, by, organizationID); err != nil {
		return a, nil, err
	}
	for i, one := range all {
		at := slices.IndexFunc(said, func(s Access) bool { return s.PersonID == one.PersonID && s.Was() == one.Was() })
		if at >= 0 {
			all[i].Verdict, all[i].ByName, all[i].At = said[at].Verdict, said[at].ByName, said[at].At
		}
	}
	return a, all, nil
}

func scanAccess(r db.Row) (a Access, err error) {
	var roles string
	err = r.Scan((*string)(&a.PersonID), &a.Name, &a.Email, &roles, &a.LastAt, (*string)(&a.Verdict), &a.ByName, &a.At)
	for _, role := range strings.Split(roles, ",") {
		a.Roles = append(a.Roles, Role(role))
	}
	return a, err
}

// accessNow is everybody with a role in an organization and an open account.
func accessNow(ctx context.Context, tx *db.Tx, by Actor, organizationID string) (all []Access, err error) {
	team, err := TeamOf(ctx, tx, organizationID)
	if err != nil {
		return nil, err
	}
	var people []Person
	for _, t := range team {
		n := len(all)
		if n == 0 || all[n-1].PersonID != t.ID {
			one := Access{PersonID: t.ID, Name: t.Name, Email: t.Email, Self: t.ID == by.ID}
			all, people = append(all, one), append(people, Person{ID: t.ID})
			n++
		}
		if one := &all[n-1]; !slices.Contains(one.Roles, t.Role) {
			one.Roles = append(one.Roles, t.Role)
		}
	}
	if len(people) == 0 {
		return all, nil
	}
	last, err := LastSignIns(ctx, tx, people)
	for i, one := range all {
		if at, ok := last[one.PersonID]; ok {
			all[i].LastAt = &at
		}
	}
	return all, err
}

// A Judgment is what somebody says of a person's access, and the roles that they
// had before them (Access.Was).
type Judgment struct {
	Verdict Verdict
	Was     string
}

// Judge keeps what is said in an open review. With finish everybody must have
// been judged, whose access goes loses it now, in one step with the review's end,
// and what they had of an office's goes to who finishes. The error is Invalid at
// "access_" and a person's id, and a Conflict for who finishes a review that
// removes themselves.
func Judge(ctx context.Context, tx *db.Tx, by Actor, organizationID, id string, said map[PersonID]Judgment, finish bool) error {
	a, all, err := FindReview(ctx, tx, by, organizationID, id)
	if err != nil {
		return err
	}
	if a.DoneAt != nil {
		return fault.New(fault.Conflict, "%s finished this review.", a.DoneName)
	}
	f := fault.Fields{}
	for i := range all {
		one := &all[i]
		if j, ok := said[one.PersonID]; ok && !one.Self && j.Verdict != Undecided {
			f.Check(j.Verdict == Keep || j.Verdict == Remove, field(*one), "Select keep or remove")
			f.Check(j.Was == one.Was(), field(*one), words.Say("The roles of %s changed while you looked. Read them again", one.Name))
			if j.Verdict != one.Verdict {
				one.Verdict, one.ByName, one.At = j.Verdict, by.Name, tx.Now()
			}
		}
		if finish && one.Self && one.Verdict == Remove {
			return fault.New(fault.Conflict, "%s removes your own access in this review. Ask them to finish it.", one.ByName)
		}
		if finish && one.Self && one.Verdict == Undecided {
			one.Verdict, one.ByName, one.At = Oneself, by.Name, tx.Now()
		}
		f.Check(!finish || one.Verdict != Undecided, field(*one), words.Say("Select keep or remove for %s", one.Name))
	}
	if err := f.Err(); err != nil {
		return err
	}
	for _, one := range all {
		if err := keepAccess(ctx, tx, a, one); err != nil {
			return err
		}
	}
	if !finish {
		return nil
	}
	return finishReview(ctx, tx, by, a, all)
}

func field(a Access) string { return "access_" + string(a.PersonID) }

func keepAccess(ctx context.Context, tx *db.Tx, a AccessReview, one Access) error {
	if one.Verdict == Undecided {
		return nil
	}
	_, err := tx.Exec(ctx, `
		insert into access_review_line (review_id, person_id, name, email, roles, last_at, verdict, by_name, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (review_id, person_id) do update set name = excluded.name, email = excluded.email, roles = excluded.roles, last_at = excluded.last_at, verdict = excluded.verdict,
			by_name = excluded.by_name, at = excluded.at`,
		a.ID, string(one.PersonID), one.Name, one.Email, one.Was(), one.LastAt, string(one.Verdict), one.ByName, one.At)
	return err
}

func finishReview(ctx context.Context, tx *db.Tx, by Actor, a AccessReview, all []Access) error {
	n, err := tx.Exec(ctx, `update access_review set done_at = $1, done_name = $2 where id = $3 and done_at is null`, tx.Now(), by.Name, a.ID)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "Someone else changed this while you were looking at it.")
	}
	if err != nil {
		return err
	}
	removed := 0
	for _, one := range all {
		if one.Verdict != Remove {
			continue
		}
		if err := endAccess(ctx, tx, by, a.OrganizationID, one); err != nil {
			return err
		}
		removed++
	}
	e := by.Audit("access_review.done", "organization", a.OrganizationID)
	e.Detail = fmt.Sprintf("%d people, %d removed", len(all), removed)
	return audit.Record(ctx, tx, e)
}

// endAccess takes all of somebody's roles in an organization. An office's
// administrator goes on with what they had.
func endAccess(ctx context.Context, tx *db.Tx, by Actor, organizationID string, one Access) error {
	if by.Administers(organizationID) {
		return Leave(ctx, tx, by, organizationID, one.PersonID, by.ID)
	}
	for _, role := range one.Roles {
		if err := RemoveSeat(ctx, tx, by, one.PersonID, organizationID, role); err != nil {
			return err
		}
	}
	left, err := db.Exists(ctx, tx, `select 1 from membership where person_id = $1`, string(one.PersonID))
	if err != nil || left {
		return err
	}
	return Disable(ctx, tx, by, one.PersonID)
}
