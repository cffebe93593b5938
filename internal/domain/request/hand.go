package request

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Handing is that somebody asked the ordering practitioner to answer the
// clinical questions, and what came of it.
type Handing struct {
	To       string // the practitioner, as people read them
	By       account.PersonID
	Name     string // of who asked
	At       time.Time
	BackAt   *time.Time // when the practitioner handed it back; nil while it is with them
	BackName string
}

// handPart is none that people fill in; it is saved like one.
const handPart Part = "hand"

// ClinicalAsked announces that somebody waits for the practitioner's answers.
// See app/reactions.go.
type ClinicalAsked struct {
	RequestID, PersonID string
	Minute              int64 // of Unix time: asking again later sends another mail
}

// Kind names the event.
func (ClinicalAsked) Kind() string { return "request.clinical_asked" }

// HandedBack announces that the practitioner is done with the clinical
// questions.
type HandedBack struct {
	RequestID, PersonID string // who had asked
	Minute              int64
}

// Kind names the event.
func (HandedBack) Kind() string { return "request.handed_back" }

// WithPractitioner reports whether the clinical questions wait for the ordering
// practitioner.
func (c Content) WithPractitioner() bool { return c.Handed != nil && c.Handed.BackAt == nil }

// Hand asks the ordering practitioner to answer the clinical questions of r.
// Colleagues can answer meanwhile. A NotFound fault says that the practitioner
// has no account with the office. Who may: who may open r.
func Hand(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (Request, error) {
	people, err := account.Practicing(ctx, tx, r.OrganizationID, r.Providers.PractitionerID)
	switch {
	case err != nil:
		return r, err
	case r.Providers.PractitionerID == "":
		return r, fault.New(fault.Conflict, "Before this, say who is ordering.")
	case len(people) == 0:
		return r, fault.New(fault.NotFound, "%s has no account here. Your administrator can invite them.", r.Providers.Practitioner)
	}
	r, err = Save(ctx, tx, by, r, handPart, r.Version, func(c *Content) {
		c.Handed = &Handing{To: c.Providers.Practitioner, By: by.ID, Name: by.Name, At: tx.Now()}
	})
	if err != nil {
		return r, err
	}
	for _, id := range people {
		if err := job.Add(ctx, tx, ClinicalAsked{string(r.ID), string(id), tx.Now().Unix() / 60}); err != nil {
			return r, err
		}
	}
	return r, record(ctx, tx, by, r, "request.handed")
}

// HandBack says that the practitioner is done, and tells who had asked. Who
// may: the practitioner who orders.
func HandBack(ctx context.Context, tx *db.Tx, by account.Actor, r Request) (Request, error) {
	if !r.MaySign(by) {
		return r, fault.New(fault.Denied, "Only %s can hand this back.", r.Providers.Practitioner)
	}
	if !r.WithPractitioner() {
		return r, nil
	}
	now := tx.Now()
	r, err := Save(ctx, tx, by, r, handPart, r.Version, func(c *Content) {
		handed := *c.Handed
		handed.BackAt, handed.BackName = &now, by.Name
		c.Handed = &handed
	})
	if err != nil {
		return r, err
	}
	if err := job.Add(ctx, tx, HandedBack{string(r.ID), string(r.Handed.By), now.Unix() / 60}); err != nil {
		return r, err
	}
	return r, record(ctx, tx, by, r, "request.handed_back")
}

// A Waiting is a draft whose clinical questions wait for somebody, without a
// word about its patient.
type Waiting struct {
	Number string
	Since  time.Time
}

// WaitingFor are the drafts whose clinical questions wait for by, the oldest
// first, at most 20.
func WaitingFor(ctx context.Context, tx *db.Tx, by account.Actor) (all []Waiting, err error) {
	for _, s := range by.Seats {
		if s.PractitionerID == "" {
			continue
		}
		some, err := db.All(ctx, tx, func(r db.Row) (w Waiting, err error) { return w, r.Scan(&w.Number, &w.Since) }, `
			select number, handed_at from request
			where organization_id = $1 and practitioner_id = $2 and handed_at is not null and sent_at is null and deleted_at is null and expires_at > $3
			order by handed_at, id limit 20`, s.OrganizationID, s.PractitionerID, tx.Now())
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}
