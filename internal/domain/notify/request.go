package notify

import (
	"cmp"
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// DraftExpiring tells whoever worked on a draft last that it expires. A draft
// that was saved, sent or deleted meanwhile needs no word.
func (d *Desk) DraftExpiring(ctx context.Context, tx *db.Tx, e request.Expiring) error {
	r, err := request.OfEvent(ctx, tx, e.RequestID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || r.SentAt != nil || r.DeletedAt != nil || !r.ExpiresAt.Equal(e.ExpiresAt) {
		return err
	}
	to, err := account.Get(ctx, tx, account.PersonID(r.ChangedBy))
	if err != nil || to.DisabledAt != nil {
		return err
	}
	loc, err := civil.Zone(cmp.Or(to.Zone, civil.DefaultZone))
	if err != nil {
		return err
	}
	return d.Queue(ctx, tx, Letter{
		Key: "draft:" + e.RequestID + ":" + strconv.FormatInt(e.ExpiresAt.Unix(), 10) + ":" + strconv.Itoa(e.Days),
		To:  mail.Address{Name: to.Name(), Email: to.Email}, ObjectID: e.RequestID,
		Subject: words.Say("A draft expires soon (ending %s)", order.Ending(r.Number)),
		Lines: []words.Text{words.Say("A request that you began and have not sent, ending %s, expires %s.", order.Ending(r.Number), civil.Deadline(r.ExpiresAt, loc, tx.Now())),
			"Open it to go on, or to keep it for 14 more days. After it expires it can be brought back for 30 days."},
		Link: "/requests/" + r.Number, LinkText: "Open the draft",
	})
}

// SignatureAsked tells the ordering practitioner that a request waits for
// their signature.
func (d *Desk) SignatureAsked(ctx context.Context, tx *db.Tx, e request.SignatureAsked) error {
	return d.aboutDraft(ctx, tx, e.RequestID, e.PersonID, func(r request.Request) (Letter, bool) {
		return Letter{
			Key:     "sign:" + e.RequestID + ":" + e.PersonID + ":" + strconv.FormatInt(e.Minute, 10),
			Subject: words.Say("A request waits for your signature (ending %s)", order.Ending(r.Number)),
			Lines:   []words.Text{words.Say("Your office asks you to sign a request ending %s before it is sent. Sign in to read it and to sign.", order.Ending(r.Number))},
			Link:    "/requests/" + r.Number + "/review", LinkText: "Read the request",
		}, r.Signature == nil
	})
}

// ClinicalAsked tells the ordering practitioner that clinical questions wait
// for them.
func (d *Desk) ClinicalAsked(ctx context.Context, tx *db.Tx, e request.ClinicalAsked) error {
	return d.aboutDraft(ctx, tx, e.RequestID, e.PersonID, func(r request.Request) (Letter, bool) {
		return Letter{
			Key:     "clinical:" + e.RequestID + ":" + e.PersonID + ":" + strconv.FormatInt(e.Minute, 10),
			Subject: words.Say("Clinical questions wait for you (request ending %s)", order.Ending(r.Number)),
			Lines:   []words.Text{words.Say("Your office asks you to answer the clinical questions of a request ending %s. Sign in to answer them, then hand the request back.", order.Ending(r.Number))},
			Link:    "/requests/" + r.Number + "/clinical", LinkText: "Answer the questions",
		}, r.WithPractitioner()
	})
}

// HandedBack tells who asked the practitioner that the questions are answered.
func (d *Desk) HandedBack(ctx context.Context, tx *db.Tx, e request.HandedBack) error {
	return d.aboutDraft(ctx, tx, e.RequestID, e.PersonID, func(r request.Request) (Letter, bool) {
		return Letter{
			Key:     "handed-back:" + e.RequestID + ":" + strconv.FormatInt(e.Minute, 10),
			Subject: words.Say("A request is back with you (ending %s)", order.Ending(r.Number)),
			Lines:   []words.Text{words.Say("The ordering provider is done with the clinical questions of a request ending %s. Sign in to go on with it.", order.Ending(r.Number))},
			Link:    "/requests/" + r.Number, LinkText: "Open the request",
		}, !r.WithPractitioner()
	})
}

// DraftGiven tells a colleague that a draft is theirs to finish.
func (d *Desk) DraftGiven(ctx context.Context, tx *db.Tx, e request.Given) error {
	return d.aboutDraft(ctx, tx, string(e.RequestID), string(e.PersonID), func(r request.Request) (Letter, bool) {
		return Letter{
			Key:     "draft-given:" + string(e.RequestID) + ":" + string(e.PersonID) + ":" + strconv.FormatInt(e.At.Unix(), 10),
			Subject: words.Say("A draft is yours to finish (ending %s)", order.Ending(r.Number)),
			Lines:   []words.Text{words.Say("A colleague asks you to finish and send a request ending %s. Nothing that was entered is lost.", order.Ending(r.Number))},
			Link:    "/requests/" + r.Number, LinkText: "Open the draft",
		}, r.ChangedBy == string(e.PersonID)
	})
}

// aboutDraft writes to a person about a draft, if it still is one, they still
// have their account, and the letter still is wanted.
func (d *Desk) aboutDraft(ctx context.Context, tx *db.Tx, requestID, personID string, write func(request.Request) (l Letter, wanted bool)) error {
	r, err := request.OfEvent(ctx, tx, requestID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || r.SentAt != nil || r.DeletedAt != nil {
		return err
	}
	to, err := account.Get(ctx, tx, account.PersonID(personID))
	l, wanted := write(r)
	if err != nil || to.DisabledAt != nil || !wanted {
		return err
	}
	l.To, l.ObjectID = mail.Address{Name: to.Name(), Email: to.Email}, requestID
	return d.Queue(ctx, tx, l)
}
