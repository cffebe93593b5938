// Package fax is about faxes that arrive: taking them in, and putting each page
// on the order that it is for. What arrived stays as it arrived; what lands on
// an order is a document of just its pages.
package fax

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Status says how far a fax is.
type Status string

// Statuses. A fax is done once something was done about each of its pages.
const (
	Checking   Status = "checking"
	Waiting    Status = "waiting"
	Done       Status = "done"
	Unreadable Status = "unreadable"
)

// A Fax is a file that was faxed.
type Fax struct {
	ID, UploadID, SHA256 string
	Came                 string // "hand", "folder", or "order": it was a file of an order before
	From                 string // the number that it came from; "" if nobody knows
	ReceivedAt           time.Time
	TakenBy              account.PersonID
	Taker                string
	TakenAt              time.Time
	Status               Status
	Why                  string     // it can't be read; "" if it can
	CodesAt              *time.Time // when its bar codes were looked for
	ChangedAt            time.Time
}

// A State is what became of a page.
type State string

// States of a page.
const (
	PageWaiting State = "waiting"
	Put         State = "put"
	Aside       State = "aside"
	Reported    State = "reported" // as another patient's; it can still be put where it belongs
)

// A Page is one of a fax.
type Page struct {
	N         int    // from 1
	Turn      int    // degrees to the right, by hand
	Code      string // the number on a cover sheet; "" for none
	Unread    bool   // nobody looked for a code: the page is no picture
	State     State
	Reason    string // of Aside: one of Reasons
	Number    string // of the order or request that it was put on
	OrderID   string // "" while the request isn't sent
	RequestID string
	UploadID  string // the document that it is in
	Incident  string // "" for none
	ChangedAt time.Time
	ChangedBy account.PersonID
	Changer   string
}

// Open reports whether p is still to be put somewhere.
func (p Page) Open() bool { return p.State == PageWaiting || p.State == Reported }

// Reasons for which a page is set aside, in the order people choose from them.
var Reasons = []struct{ ID, Words string }{{"blank", "It is blank"}, {"cover", "It is a cover sheet"}, {"advertisement", "It is an advertisement"}, {"duplicate", "It came twice"}}

// ReasonWords are a reason as people read it.
func ReasonWords(id string) string {
	for _, r := range Reasons {
		if r.ID == id {
			return r.Words
		}
	}
	return ""
}

// Rules are what is taken as a fax.
var Rules = plan.NewFileRules(100, 1, 500, []string{"pdf", "tiff", "jpg", "png"})

// folder is where the file of a fax is kept.
func (x Fax) folder() attachment.Folder {
	return attachment.Folder{RequestID: x.ID, Rules: Rules}
}

// Get returns a fax with its pages and its file, and audits that it is opened.
// Who may: those who put faxes on orders.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, id string) (x Fax, pages []Page, file attachment.Upload, err error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return x, nil, file, err
	}
	if x, err = one(ctx, tx, id); err != nil {
		return x, nil, file, err
	}
	if pages, err = pagesOf(ctx, tx, id); err != nil {
		return x, nil, file, err
	}
	if file, err = attachment.UploadOf(ctx, tx, id, x.UploadID); err != nil {
		return x, nil, file, err
	}
	return x, pages, file, audit.Record(ctx, tx, by.Audit("fax.opened", "fax", id))
}

// A Listed is a fax as the list shows it.
type Listed struct {
	Fax
	Pages, Open int // all, and those to be put somewhere
}

// Most is how many faxes a list shows.
const Most = 200

// List returns faxes of a status, those that wait the oldest first, the others
// the latest first; at most Most. Who may: those who put faxes on orders.
func List(ctx context.Context, tx *db.Tx, by account.Actor, done bool) ([]Listed, error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return nil, err
	}
	where, order := `f.status <> 'done'`, `f.received_at, f.id`
	if done {
		where, order = `f.status = 'done'`, `f.changed_at desc, f.id`
	}
	return list(ctx, tx, where, order)
}

// Count is how many faxes wait, for who puts them on orders; 0 for others.
func Count(ctx context.Context, tx *db.Tx, by account.Actor) (int, error) {
	if !by.Can(account.HandleFaxes) {
		return 0, nil
	}
	return db.Count(ctx, tx, `select count(*) from fax where status <> 'done'`)
}

// Chosen are the pages with some numbers. The error is Invalid at "pages" if
// one isn't there or none was chosen.
func Chosen(pages []Page, numbers []int) (chosen []Page, err error) {
	f := fault.Fields{}
	for _, n := range numbers {
		i := slices.IndexFunc(pages, func(p Page) bool { return p.N == n })
		f.Check(i >= 0, "pages", "Choose pages of this fax")
		if i >= 0 {
			chosen = append(chosen, pages[i])
		}
	}
	f.Check(len(numbers) > 0, "pages", "Choose at least one page")
	return chosen, f.Err()
}

// phoneNumber is a number as people typed it, kept as it is but for its ends.
func phoneNumber(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	f := fault.Fields{}
	f.Check(len([]rune(typed)) <= 40, "from", "The fax number must be 40 characters or less")
	return typed, f.Err()
}

func record(ctx context.Context, tx *db.Tx, by account.Actor, action, id, detail string) error {
	e := by.Audit(action, "fax", id)
	e.Detail = detail
	return audit.Record(ctx, tx, e)
}
