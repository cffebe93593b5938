package request

import (
	"context"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

// A Signature is the ordering practitioner's word for what a request says.
// Whoever changes the request afterwards takes it off.
type Signature struct {
	By   account.PersonID
	Name string
	At   time.Time
}

// signaturePart is none that people fill in; it is saved like one.
const signaturePart Part = "signature"

// SignatureAsked announces that somebody waits for the practitioner to sign.
// See app/reactions.go.
type SignatureAsked struct {
	RequestID, PersonID string
	Minute              int64 // of Unix time: asking again later sends another mail
}

// Kind names the event.
func (SignatureAsked) Kind() string { return "request.signature_asked" }

// WantsSignature reports whether the program of r has the ordering
// practitioner sign.
func WantsSignature(ctx context.Context, tx *db.Tx, r Request) (bool, error) {
	if r.Order.ProgramID == "" {
		return false, nil
	}
	p, err := plan.GetProgram(ctx, tx, r.Order.ProgramID)
	return p.Intake.Signature, err
}

// MaySign reports whether by is the practitioner who orders.
func (r Request) MaySign(by account.Actor) bool {
	return r.Providers.PractitionerID != "" && slices.ContainsFunc(by.Seats, func(s account.Seat) bool {
		return s.OrganizationID == r.OrganizationID && s.PractitionerID == r.Providers.PractitionerID
	})
}

// Sign puts the ordering practitioner's signature on r as it stands. Who may:
// the practitioner, who has just given their password again (account.Confirm).
func Sign(ctx context.Context, tx *db.Tx, by account.Actor, r Request, since int) (Request, error) {
	if !r.MaySign(by) {
		return r, fault.New(fault.Denied, "Only %s can sign this request.", r.Providers.Practitioner)
	}
	if part := r.Next(); part != "" {
		return r, fault.New(fault.Conflict, "Before this can be signed, complete “%s”.", part.Words())
	}
	if since != r.Version {
		return r, fault.New(fault.Conflict, "The request changed while you had it open. Read it again before you sign.")
	}
	if err := askedToSign(ctx, tx, r.ID, nil); err != nil {
		return r, err
	}
	return Save(ctx, tx, by, r, signaturePart, since, func(c *Content) {
		c.Signature = &Signature{By: by.ID, Name: by.Name, At: tx.Now()}
	})
}

// askedToSign keeps since when the practitioner is asked, nil for not at all.
func askedToSign(ctx context.Context, tx *db.Tx, id ID, at *time.Time) error {
	_, err := tx.Exec(ctx, `update request set sign_asked_at = $1 where id = $2`, at, string(id))
	return err
}

// Unsigned are the first n drafts that by works with, or is to sign, and whose
// practitioner is asked to sign them; the one that waits longest first. With own
// they are those that by began, works on or is to sign.
func Unsigned(ctx context.Context, tx *db.Tx, by account.Actor, own bool, n int) ([]Request, error) {
	where, args := mine(by, 2)
	if own {
		args = append(args, string(by.ID))
		me := "$" + strconv.Itoa(len(args)+1)
		where += " and (created_by = " + me + " or changed_by = " + me + ")"
	}
	for _, s := range by.Seats {
		if s.PractitionerID != "" {
			args = append(args, s.OrganizationID, s.PractitionerID)
			where += " or organization_id = $" + strconv.Itoa(len(args)) + " and practitioner_id = $" + strconv.Itoa(len(args)+1)
		}
	}
	return db.All(ctx, tx, scan, `select `+columns+` from request
		where sign_asked_at is not null and sent_at is null and deleted_at is null and expires_at > $1 and (`+where+`)
		order by sign_asked_at, id limit `+strconv.Itoa(n), append([]any{tx.Now()}, args...)...)
}

// AskToSign sends word to the ordering practitioner that r waits for their
// signature. A NotFound fault says that they have no account with the office.
func AskToSign(ctx context.Context, tx *db.Tx, by account.Actor, r Request) error {
	people, err := account.Practicing(ctx, tx, r.OrganizationID, r.Providers.PractitionerID)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return fault.New(fault.NotFound, "%s has no account here. Your administrator can invite them.", r.Providers.Practitioner)
	}
	for _, id := range people {
		if err := job.Add(ctx, tx, SignatureAsked{string(r.ID), string(id), tx.Now().Unix() / 60}); err != nil {
			return err
		}
	}
	now := tx.Now()
	if err := askedToSign(ctx, tx, r.ID, &now); err != nil {
		return err
	}
	return record(ctx, tx, by, r, "request.signature_asked")
}

// signed is a Conflict where a signature is wanting.
func (r Request) signed(ctx context.Context, tx *db.Tx) error {
	wanted, err := WantsSignature(ctx, tx, r)
	if err != nil || !wanted || r.Signature != nil {
		return err
	}
	return fault.New(fault.Conflict, "Before this can be sent, %s must sign it.", r.Providers.Practitioner)
}
