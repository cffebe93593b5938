package newsletter

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// An Issue is one newsletter.
type Issue struct {
	ID        string
	Title     string
	Body      string // paragraphs apart by blank lines
	SentAt    *time.Time
	Receivers int // subscriptions when it was sent
	ChangedAt time.Time
	Version   int
}

// Post has an issue mailed to the subscriptions after one of them, in their
// order: a part of them at a time.
type Post struct{ IssueID, After string }

// Kind names the job.
func (Post) Kind() string { return "newsletter.post" }

const issueColumns = `id, title, body, sent_at, receivers, changed_at, version`

func scanIssue(r db.Row) (i Issue, err error) {
	return i, r.Scan(&i.ID, &i.Title, &i.Body, &i.SentAt, &i.Receivers, &i.ChangedAt, &i.Version)
}

// SaveIssue keeps an issue that is not sent yet, new if it has no ID. The error
// is Invalid at "title" or "body". Who may: administrators.
func SaveIssue(ctx context.Context, tx *db.Tx, by account.Actor, i Issue) (Issue, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return i, err
	}
	i.Title, i.Body = strings.TrimSpace(i.Title), strings.TrimSpace(strings.ReplaceAll(i.Body, "\r\n", "\n"))
	f := fault.Fields{}
	f.Check(i.Title != "" && !strings.ContainsAny(i.Title, "\r\n"), "title", "Enter a title")
	f.Check(utf8.RuneCountInString(i.Title) <= 120, "title", "The title must be 120 characters or less")
	f.Check(i.Body != "", "body", "Enter the text")
	f.Check(utf8.RuneCountInString(i.Body) <= 10000, "body", "The text must be 10,000 characters or less")
	if err := f.Err(); err != nil {
		return i, err
	}
	action := "newsletter.changed"
	if i.ID == "" {
		i.ID, action = db.NewID("nli"), "newsletter.written"
		if _, err := tx.Exec(ctx, `insert into newsletter_issue (id, title, body, changed_at, changed_by) values ($1, $2, $3, $4, $5)`, i.ID, i.Title, i.Body, tx.Now(), string(by.ID)); err != nil {
			return i, err
		}
	} else if err := db.Changed(tx.Exec(ctx, `update newsletter_issue set title = $1, body = $2, changed_at = $3, changed_by = $4, version = version + 1 where id = $5 and version = $6 and sent_at is null`,
		i.Title, i.Body, tx.Now(), string(by.ID), i.ID, i.Version)); err != nil {
		return i, err
	}
	return i, audit.Record(ctx, tx, by.Audit(action, "newsletter", i.ID))
}

// Send mails an issue to everyone who subscribes, once. version is what the
// person had before them; a Conflict fault means that it was changed or sent
// meanwhile. Who may: administrators.
func Send(ctx context.Context, tx *db.Tx, by account.Actor, id string, version int) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	n, err := Receivers(ctx, tx)
	if err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update newsletter_issue set sent_at = $1, receivers = $2, version = version + 1 where id = $3 and version = $4 and sent_at is null`, tx.Now(), n, id, version)); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, by.Audit("newsletter.sent", "newsletter", id)); err != nil {
		return err
	}
	return job.Add(ctx, tx, Post{IssueID: id})
}

// Receivers counts the addresses that the newsletter goes to.
func Receivers(ctx context.Context, tx *db.Tx) (int, error) {
	return db.Count(ctx, tx, `select count(distinct email) from newsletter_subscription where state = 'active'`)
}

// Issues are the latest, at most 100. Who may: administrators.
func Issues(ctx context.Context, tx *db.Tx, by account.Actor) ([]Issue, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	return db.All(ctx, tx, scanIssue, `select `+issueColumns+` from newsletter_issue order by changed_at desc, id limit 100`)
}

// GetIssue returns an issue. Who may: administrators.
func GetIssue(ctx context.Context, tx *db.Tx, by account.Actor, id string) (Issue, error) {
	if err := by.Must(account.ManageProgram); err != nil {
		return Issue{}, err
	}
	return issue(ctx, tx, id)
}

func issue(ctx context.Context, tx *db.Tx, id string) (Issue, error) {
	i, err := db.One(ctx, tx, scanIssue, `select `+issueColumns+` from newsletter_issue where id = $1`, id)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "We can't find that newsletter.")
	}
	return i, err
}

// partly is how many subscriptions one job mails to.
const partly = 200

// Part is an issue with the next subscriptions it is mailed to; the job that
// follows is asked for.
func Part(ctx context.Context, tx *db.Tx, p Post) (i Issue, all []Subscription, err error) {
	if i, err = issue(ctx, tx, p.IssueID); err != nil || i.SentAt == nil {
		return i, nil, err
	}
	if all, err = db.All(ctx, tx, scan, `select `+columns+` from newsletter_subscription where state = 'active' and id > $1 order by id limit $2`, p.After, partly); err != nil || len(all) < partly {
		return i, all, err
	}
	return i, all, job.Add(ctx, tx, Post{p.IssueID, all[len(all)-1].ID})
}
