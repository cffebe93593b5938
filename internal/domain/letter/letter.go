// Package letter is about what an office and a member are sent in writing: a
// decision, more time, a call before a denial. A letter is made from a template
// of its plan, state and line of business, in the reader's language; it is
// checked before it goes, and what was sent never changes. Each way it went
// leaves proof.
package letter

import (
	"context"
	"encoding/json"
	"time"

	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/pdf"
)

// A Kind is what a letter is about.
type Kind string

// Kinds of letter.
const (
	Approved        Kind = "approved"
	Partial         Kind = "partial"
	Denied          Kind = "denied"
	Upheld          Kind = "upheld" // a denial that stays after a reconsideration
	Extension       Kind = "extension"
	Withdrawn       Kind = "withdrawn"
	CallOffered     Kind = "peer_to_peer"
	MoreInformation Kind = "more_information"
)

// Kinds in the order people choose from them.
var Kinds = []Kind{Approved, Partial, Denied, Upheld, Extension, Withdrawn, CallOffered, MoreInformation}

// Words is a kind as people read it.
func (k Kind) Words() string {
	return map[Kind]string{Approved: "Approved", Partial: "Approved in part", Denied: "Denied", Upheld: "Decision stays", Extension: "More time",
		Withdrawn: "Withdrawn", CallOffered: "Call before a denial", MoreInformation: "More information needed"}[k]
}

// adverse reports whether a letter of the kind denies or reduces anything.
func (k Kind) adverse() bool { return k == Partial || k == Denied || k == Upheld }

// An Audience is who reads a letter.
type Audience string

// Audiences.
const (
	Provider Audience = "provider"
	Member   Audience = "member"
)

// A Status is how far a letter is.
type Status string

// Statuses. A letter that is Held can't go before somebody mends what the
// check found; a Ready one is about to go.
const (
	Held     Status = "held"
	Ready    Status = "ready"
	Sent     Status = "sent"
	Replaced Status = "replaced" // was never sent: another was written instead
)

// A Letter is one text to one reader.
type Letter struct {
	ID, OrderID, DeterminationID string
	Kind                         Kind
	Audience                     Audience
	Language                     string // "en" or "es"
	Large                        bool   // in large print
	Template                     string // id@version it was made from
	Title                        string
	Blocks                       []pdf.Block
	Hash                         string // SHA-256 of the blocks as they are kept, in hexadecimal
	FileKey                      string // of the PDF; "" until it was sent
	Status                       Status
	Cause                        string // what it was written for; one letter for each
	Problems                     []Finding
	Due                          *time.Time // by when it must go; nil if no clock says
	Created                      time.Time
	SentAt                       time.Time // zero until it was sent
}

const columns = `id, order_id, coalesce(determination_id, ''), kind, audience, language, large_print, template, title, body, content, content_hash, file_key, status, cause, problems, due_at, created_at, sent_at`

func scan(r db.Row) (l Letter, err error) {
	var body, content, problems string
	var created *time.Time
	err = r.Scan(&l.ID, &l.OrderID, &l.DeterminationID, (*string)(&l.Kind), (*string)(&l.Audience), &l.Language, &l.Large, &l.Template, &l.Title, &body, &content,
		&l.Hash, &l.FileKey, (*string)(&l.Status), &l.Cause, &problems, &l.Due, &created, &l.SentAt)
	if err != nil {
		return l, err
	}
	l.Created = l.SentAt
	if created != nil {
		l.Created = *created
	}
	if l.Status != Sent {
		l.SentAt = time.Time{}
	}
	if problems != "" {
		if err := json.Unmarshal([]byte(problems), &l.Problems); err != nil {
			return l, err
		}
	}
	if content == "" { // from before letters had templates
		l.Blocks = read(body)
		return l, nil
	}
	return l, json.Unmarshal([]byte(content), &l.Blocks)
}

// Of lists the letters of an order that were sent, newest first. Who may read
// the order may read them.
func Of(ctx context.Context, tx *db.Tx, id order.ID) ([]Letter, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from letter where order_id = $1 and status = 'sent' order by sent_at desc, audience desc, id desc`, string(id))
}

// Get returns one letter of an order the caller has read, or a NotFound fault.
func Get(ctx context.Context, tx *db.Tx, id order.ID, letter string) (Letter, error) {
	return one(ctx, tx, `order_id = $1 and id = $2 and status = 'sent'`, string(id), letter)
}

func one(ctx context.Context, tx *db.Tx, where string, args ...any) (Letter, error) {
	l, err := db.One(ctx, tx, scan, `select `+columns+` from letter where `+where, args...)
	if fault.Is(err, fault.NotFound) {
		return l, fault.New(fault.NotFound, "We can't find that letter.")
	}
	return l, err
}
