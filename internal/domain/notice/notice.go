// Package notice is about what readers are told of the service itself:
// announcements to those whom they concern, and maintenance, while which some
// things can't be done.
package notice

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Topic is what transactions tell that change a notice (db.Tx.Tell).
const Topic = "notice"

// A Level is how loud an announcement is.
type Level string

// Levels.
const (
	Info      Level = "info"      // on Home
	Important Level = "important" // on Home, first and marked
	SiteWide  Level = "site"      // also above every page
)

// An Announcement is something to know. Whom it concerns: everyone of whom
// each audience that is not empty holds something.
type Announcement struct {
	ID               string
	Level            Level
	Title, Body      string
	TitleES, BodyES  string // in Spanish
	Plans, Programs  []string
	Roles            []string
	Organizations    []string
	StartsAt, EndsAt time.Time
	EndedAt          *time.Time // by hand, before its time
	Version          int
}

// Shows reports whether a is up at an instant.
func (a Announcement) Shows(now time.Time) bool {
	return a.EndedAt == nil && !now.Before(a.StartsAt) && now.Before(a.EndsAt)
}

// Concerns reports whether a is for a reader. reach are the plans and programs
// they work with.
func (a Announcement) Concerns(by account.Actor, reach []account.Scope) bool {
	if len(a.Roles) > 0 && !slices.ContainsFunc(by.Seats, func(s account.Seat) bool { return slices.Contains(a.Roles, string(s.Role)) }) {
		return false
	}
	if len(a.Organizations) > 0 && !slices.ContainsFunc(by.Seats, func(s account.Seat) bool { return slices.Contains(a.Organizations, s.OrganizationID) }) {
		return false
	}
	if len(a.Plans) == 0 && len(a.Programs) == 0 {
		return true
	}
	return slices.ContainsFunc(reach, func(s account.Scope) bool {
		return holds(a.Plans, s.PlanID) && holds(a.Programs, s.ProgramID)
	})
}

// holds reports whether one of some is wanted: all are if none is named, and
// staff of any plan have "".
func holds(some []string, id string) bool {
	return len(some) == 0 || id == "" || slices.Contains(some, id)
}

const (
	longestTitle = 120
	longestBody  = 2000
)

func (a Announcement) check(now time.Time) error {
	f := fault.Fields{}
	f.Check(slices.Contains([]Level{Info, Important, SiteWide}, a.Level), "level", "Choose where it stands")
	f.Check(a.Title != "", "title", "Enter a title")
	f.Check(utf8.RuneCountInString(a.Title) <= longestTitle, "title", "The title must be 120 characters or less")
	f.Check(utf8.RuneCountInString(a.Body) <= longestBody, "body", "The text must be 2,000 characters or less")
	f.Check(a.TitleES != "", "title_es", "Enter the title in Spanish")
	f.Check((a.Body == "") == (a.BodyES == ""), "body_es", "Enter the text in both languages, or in neither")
	f.Check(!a.StartsAt.IsZero(), "starts", "Enter a date and a time, like 2026-11-24T14:30")
	f.Check(a.EndsAt.After(a.StartsAt), "ends", "It must end after it starts")
	f.Check(a.EndsAt.After(now), "ends", "It must end in the future")
	f.Check(a.Level != SiteWide || a.everyone(), "level", "What stands above every page is for everyone: choose no plan, program, role or organization")
	return f.Err()
}

func (a Announcement) everyone() bool {
	return len(a.Plans)+len(a.Programs)+len(a.Roles)+len(a.Organizations) == 0
}

// Announce stores an announcement, new if it has no ID. A Conflict fault means
// that somebody else changed it meanwhile.
func Announce(ctx context.Context, tx *db.Tx, by account.Actor, a Announcement) (Announcement, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return a, err
	}
	a.Title, a.TitleES, a.Body, a.BodyES = strings.TrimSpace(a.Title), strings.TrimSpace(a.TitleES), strings.TrimSpace(a.Body), strings.TrimSpace(a.BodyES)
	if err := a.check(tx.Now()); err != nil {
		return a, err
	}
	action := "announcement.changed"
	if a.ID == "" {
		a.ID, action = db.NewID("ann"), "announcement.made"
	}
	if err := save(ctx, tx, by, a); err != nil {
		return a, err
	}
	tx.Tell(Topic)
	e := by.Audit(action, "announcement", a.ID)
	e.Detail = string(a.Level) + ": " + a.Title
	return a, audit.Record(ctx, tx, e)
}

// End takes an announcement down.
func End(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update announcement set ended_at = $1, version = version + 1 where id = $2 and ended_at is null`, tx.Now(), id)); err != nil {
		return err
	}
	tx.Tell(Topic)
	return audit.Record(ctx, tx, by.Audit("announcement.ended", "announcement", id))
}

// Get returns an announcement, or a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Announcement, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return Announcement{}, err
	}
	return one(ctx, tx, id)
}

// Latest are the announcements that end last, at most 100.
func Latest(ctx context.Context, tx *db.Tx, by account.Actor) ([]Announcement, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return announcements(ctx, tx, `1 = 1 order by ends_at desc, id desc limit 100`)
}

// For are the announcements that are up and concern a reader, the important
// ones first, then the newest.
func For(ctx context.Context, tx *db.Tx, by account.Actor, reach []account.Scope) ([]Announcement, error) {
	all, err := announcements(ctx, tx, `ended_at is null and starts_at <= $1 and ends_at > $1 order by starts_at desc, id desc`, tx.Now())
	all = slices.DeleteFunc(all, func(a Announcement) bool { return !a.Concerns(by, reach) })
	slices.SortStableFunc(all, func(a, b Announcement) int { return cmp.Compare(rank(a.Level), rank(b.Level)) })
	return all, err
}

func rank(l Level) int { return slices.Index([]Level{SiteWide, Important, Info}, l) }
