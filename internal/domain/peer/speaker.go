package peer

import (
	"context"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

// A speaker who has no account reads the call by a personal link from a mail.
// The link alone shows nothing: it leads to a one-time code, mailed to the
// address that stands on the call. With the code a browser opens that one call
// for an hour. All of it ends with the call.

const (
	speakerCodeLasts = 10 * time.Minute // the most that SP 800-63B-4 3.1.3.2 allows
	speakerCodeEvery = 30 * time.Second
	visitLasts       = time.Hour
	speakerAfter     = 30 * time.Minute // a call can begin late and take longer
)

// A Guest is a speaker at the door to a call. By may read it and speak for
// the office in two things, see RunLate and ChangePhone, and nothing else.
type Guest struct {
	Call
	By       account.Actor
	CodeSent bool // and it can still be entered
	link     string
}

// InviteSpeaker makes a link for the speaker of c and returns its secret part,
// which is nowhere else. ok is false where none is needed: no address is
// known, it belongs to somebody who signs in and sees the office's orders, the
// call is over, or the office ended the link.
func InviteSpeaker(ctx context.Context, tx *db.Tx, c Call) (token string, ok bool, err error) {
	if c.People.Email == "" || !speaking(c, tx.Now()) {
		return "", false, nil
	}
	if signs, err := signsIn(ctx, tx, c); err != nil || signs {
		return "", false, err
	}
	if ended, err := linkEnded(ctx, tx, c.ID); err != nil || ended {
		return "", false, err
	}
	token, hash := secret.Token()
	_, err = tx.Exec(ctx, `insert into speaker_link (id, call_id, email, token_hash, made_at) values ($1, $2, $3, $4, $5)`,
		db.NewID("spk"), string(c.ID), c.People.Email, hash, tx.Now())
	if err != nil {
		return "", false, err
	}
	return token, true, auditRecord(ctx, tx, account.Program().Audit("speaker.invited", "call", string(c.ID)))
}

// Welcome reports whether the speaker of c comes in by a personal link.
func Welcome(ctx context.Context, tx *db.Tx, c Call) (bool, error) {
	if c.People.Email == "" {
		return false, nil
	}
	signs, err := signsIn(ctx, tx, c)
	return !signs, err
}

// signsIn reports whether the speaker's address is that of somebody who sees
// the call after signing in.
func signsIn(ctx context.Context, tx *db.Tx, c Call) (bool, error) {
	p, err := account.ByEmail(ctx, tx, c.People.Email)
	if fault.Is(err, fault.NotFound) || err == nil && p.DisabledAt != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a, err := account.Act(ctx, tx, p.ID)
	return a.IsStaff() || a.ActsFor(c.OrganizationID), err
}

// speaking reports whether there is still something to speak about.
func speaking(c Call, now time.Time) bool {
	return c.Status.Live() && (c.StartsAt.IsZero() || now.Before(c.EndsAt.Add(speakerAfter)))
}

// AtDoor is the speaker whose link has this secret part. Any other token is a
// NotFound fault, and so is one of a call that is over or in which somebody
// else speaks by now: whoever tries learns nothing from the difference.
func AtDoor(ctx context.Context, tx *db.Tx, token string) (g Guest, err error) {
	return guest(ctx, tx, `token_hash = $1`, secret.HashToken(token))
}

func guest(ctx context.Context, tx *db.Tx, where, value string) (g Guest, err error) {
	type link struct {
		id, email string
		call      ID
		expires   *time.Time
		used      *time.Time
	}
	gone := fault.New(fault.NotFound, "This link doesn't lead to a call any more. Ask the office that arranged it.")
	l, err := db.One(ctx, tx, func(r db.Row) (l link, err error) {
		return l, r.Scan(&l.id, (*string)(&l.call), &l.email, &l.expires, &l.used)
	}, `select id, call_id, email, code_expires_at, code_used_at from speaker_link where `+where, value)
	if fault.Is(err, fault.NotFound) {
		return g, gone
	}
	if err != nil {
		return g, err
	}
	c, err := byID(ctx, tx, l.call)
	if err != nil {
		return g, err
	}
	if !speaking(c, tx.Now()) || c.People.Email != l.email {
		return g, gone
	}
	asked := l.used == nil && l.expires != nil && tx.Now().Before(*l.expires)
	return Guest{Call: c, By: account.Speaker(string(c.ID), c.People.SpeakerName()), CodeSent: asked, link: l.id}, nil
}

// SpeakerCodeAsked asks that a code be drawn for a link and mailed. It holds
// no code: see DrawSpeakerCode.
type SpeakerCodeAsked struct {
	LinkID   string
	Language words.Language // of the page on which it was asked for
}

// Kind names the event.
func (SpeakerCodeAsked) Kind() string { return "peer.speaker_code" }

// AskSpeakerCode has a new code mailed to the address on the call. An older
// one of the link is void.
func AskSpeakerCode(ctx context.Context, tx *db.Tx, g Guest) error {
	if err := account.CountSpeakerMail(ctx, tx, string(g.ID)); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		update speaker_link set code_hash = '', code_sent_at = $1, code_expires_at = $2, code_used_at = null
		where id = $3 and (code_sent_at is null or code_sent_at <= $4)`,
		tx.Now(), tx.Now().Add(speakerCodeLasts), g.link, tx.Now().Add(-speakerCodeEvery))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.TooMany, "We just sent a code. Wait 30 seconds before you ask for another.")
	}
	if err := auditRecord(ctx, tx, g.By.Audit("speaker.code_asked", "call", string(g.ID))); err != nil {
		return err
	}
	return job.Add(ctx, tx, SpeakerCodeAsked{g.link, words.Of(ctx)})
}

// DrawSpeakerCode draws the code that was asked for, once, and keeps only its
// hash: the code is in nothing but the mail that the caller queues in the same
// transaction. ok is false when there is nothing to send any more.
func DrawSpeakerCode(ctx context.Context, tx *db.Tx, e SpeakerCodeAsked) (g Guest, code string, ok bool, err error) {
	g, err = guest(ctx, tx, `id = $1`, e.LinkID)
	if fault.Is(err, fault.NotFound) {
		return g, "", false, nil
	}
	if err != nil || !g.CodeSent {
		return g, "", false, err
	}
	code = secret.Code6()
	hash, err := secret.Hash(code)
	if err != nil {
		return g, "", false, err
	}
	n, err := tx.Exec(ctx, `update speaker_link set code_hash = $1, code_expires_at = $2 where id = $3 and code_hash = '' and code_used_at is null`,
		hash, tx.Now().Add(speakerCodeLasts), e.LinkID)
	return g, code, n == 1, err
}

// EnterCall opens the call to the browser in which the code was entered, and
// returns the token for its cookie. Tries are counted for the call, whichever
// of its links they come by, so the caller commits even a failure.
func EnterCall(ctx context.Context, tx *db.Tx, g Guest, code string) (token string, err error) {
	code, err = account.SixDigits(code)
	if err != nil {
		return "", err
	}
	left, err := account.CountSpeakerCode(ctx, tx, string(g.ID))
	if err != nil {
		return "", err
	}
	hash, err := db.One(ctx, tx, db.Value[string], `select code_hash from speaker_link where id = $1`, g.link)
	if err != nil {
		return "", err
	}
	if !g.CodeSent || hash == "" || !secret.Verify(hash, code) {
		return "", wrongSpeakerCode(ctx, tx, g, left)
	}
	n, err := tx.Exec(ctx, `update speaker_link set code_used_at = $1, code_hash = '' where id = $2 and code_hash = $3 and code_used_at is null`, tx.Now(), g.link, hash)
	if err != nil || n == 0 {
		return "", join(err, func() error { return wrongSpeakerCode(ctx, tx, g, left) })
	}
	if err := account.ForgetSpeakerCode(ctx, tx, string(g.ID)); err != nil {
		return "", err
	}
	token, hash = secret.Token()
	_, err = tx.Exec(ctx, `insert into speaker_visit (token_hash, link_id, begun_at, expires_at) values ($1, $2, $3, $4)`, hash, g.link, tx.Now(), tx.Now().Add(visitLasts))
	if err != nil {
		return "", err
	}
	return token, auditRecord(ctx, tx, g.By.Audit("speaker.came_in", "call", string(g.ID)))
}

// wrongSpeakerCode is said of a wrong, an expired and a used code alike.
func wrongSpeakerCode(ctx context.Context, tx *db.Tx, g Guest, left int) error {
	e := g.By.Audit("speaker.refused", "call", string(g.ID))
	e.Detail = "wrong code"
	if err := auditRecord(ctx, tx, e); err != nil {
		return err
	}
	text := words.Text("This code doesn't match or has expired. ")
	switch left {
	case 0:
		return account.HeedSpeakerCode(ctx, tx, string(g.ID))
	case 1:
		return fault.Fields{"code": words.Say("%sYou have 1 try left", text)}.Err()
	}
	return fault.Fields{"code": words.Say("%sYou have %s tries left", text, left)}.Err()
}

// CameIn reports whether the browser with this cookie entered a code for g's
// link within the last hour.
func CameIn(ctx context.Context, tx *db.Tx, g Guest, visit string) (bool, error) {
	return db.Exists(ctx, tx, `select 1 from speaker_visit where token_hash = $1 and link_id = $2 and expires_at > $3`, secret.HashToken(visit), g.link, tx.Now())
}

// Leave ends what EnterCall opened.
func Leave(ctx context.Context, tx *db.Tx, g Guest, visit string) error {
	n, err := tx.Exec(ctx, `delete from speaker_visit where token_hash = $1 and link_id = $2`, secret.HashToken(visit), g.link)
	if err != nil || n == 0 {
		return err
	}
	return auditRecord(ctx, tx, g.By.Audit("speaker.left", "call", string(g.ID)))
}

// A Card is a call as its speaker reads it.
type Card struct {
	Orders   []order.Order
	Standing Standing
	Reviewer string // the specialty of who has the call, "" while nobody has
	Day      Day
}

// CardFor reads the card of g's call. Who may: who CameIn. The read is audited
// for each order in the speaker's name.
func CardFor(ctx context.Context, tx *db.Tx, g Guest) (k Card, err error) {
	rows, err := subjectRows(ctx, tx, g.Call)
	if err != nil {
		return k, err
	}
	if k.Orders, err = order.Among(ctx, tx, account.Program(), idsOf(rows)); err != nil {
		return k, err
	}
	if len(k.Orders) == 0 {
		return k, fault.New(fault.NotFound, "We can't find that call.")
	}
	for _, o := range k.Orders {
		if err := order.Read(ctx, tx, g.By, o, "call.read"); err != nil {
			return k, err
		}
	}
	if k.Standing, err = Stand(ctx, tx, g.By, k.Orders[0]); err != nil {
		return k, err
	}
	if k.Day, err = DayOf(ctx, tx, g.Call); err != nil || g.ReviewerID == "" {
		return k, err
	}
	r, err := review.Get(ctx, tx, g.ReviewerID)
	k.Reviewer = r.Specialty
	return k, err
}

// maySpeak refuses who neither books calls nor speaks in this one.
func maySpeak(by account.Actor, c Call) error {
	if by.Speaks(string(c.ID)) {
		return nil
	}
	return by.Must(account.BookCalls)
}

// sweepSpeakers forgets links a month after they were made at the earliest,
// once their calls are over, with the visits that they opened.
func sweepSpeakers(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, `delete from speaker_visit where expires_at <= $1`, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from speaker_link where made_at < $1 and call_id in (select id from call where status not in (`+liveStatuses+`))
		and id not in (select link_id from speaker_visit)`, tx.Now().Add(-30*24*time.Hour))
	return err
}
