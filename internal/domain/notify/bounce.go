package notify

import (
	"context"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// Failed announces a mail that no server will take. See app/reactions.go.
type Failed struct{ MailID string }

// Kind names the event.
func (Failed) Kind() string { return "notify.failed" }

const bouncedKey = "bounced:"

// Bounced has the administrators of an office hear that a mail about its order
// or message can't be delivered, since whoever it was for doesn't.
func (d *Desk) Bounced(ctx context.Context, tx *db.Tx, e Failed) error {
	type undelivered struct{ key, address, object string }
	m, err := db.One(ctx, tx, func(r db.Row) (u undelivered, err error) { return u, r.Scan(&u.key, &u.address, &u.object) },
		`select key, address, object_id from mail where id = $1 and state = 'failed'`, e.MailID)
	if fault.Is(err, fault.NotFound) || err == nil && strings.HasPrefix(m.key, bouncedKey) {
		return nil
	}
	if err != nil {
		return err
	}
	type subject struct{ organization, path string }
	about, err := db.One(ctx, tx, func(r db.Row) (s subject, err error) { return s, r.Scan(&s.organization, &s.path) }, `
		select organization_id, '/messages/' || number from message_thread where id = $1
		union all select organization_id, '/orders/' || number from orders where id = $1`, m.object)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	admins, err := administrators(ctx, tx, about.organization)
	if err != nil {
		return err
	}
	for _, to := range admins {
		if to.Email == m.address {
			continue
		}
		if err := d.Queue(ctx, tx, Letter{
			Key: bouncedKey + e.MailID + ":" + to.Email, To: to, ObjectID: m.object,
			Subject: "A notice to somebody in your organization can't be delivered",
			Lines:   []words.Text{"A mail to somebody in your organization came back. Please see that the right person reads what it was about, and correct the address."},
			Link:    about.path, LinkText: "Open what it was about",
		}); err != nil {
			return err
		}
	}
	return nil
}

// administrators are the addresses of those who administer an office.
func administrators(ctx context.Context, tx *db.Tx, organization string) (all []mail.Address, err error) {
	team, err := account.TeamOf(ctx, tx, organization)
	for _, p := range team {
		if p.Role == account.OrgAdmin {
			all = append(all, mail.Address{Name: p.Name, Email: p.Email})
		}
	}
	return all, err
}

// A Bounce is a mail that an office didn't get.
type Bounce struct {
	Address, Path, Subject string
}

// BouncesOf are the mails of the last 30 days about messages and orders of
// by's offices that no server took, the newest first, at most 10. Who may:
// administrators of an office; nobody else has any.
func BouncesOf(ctx context.Context, tx *db.Tx, by account.Actor) ([]Bounce, error) {
	var ids []string
	for _, s := range by.Seats {
		if s.Role == account.OrgAdmin {
			ids = append(ids, s.OrganizationID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := db.In(2, ids)
	return db.All(ctx, tx, func(r db.Row) (b Bounce, err error) { return b, r.Scan(&b.Address, &b.Path, &b.Subject) }, `
		select m.address, '/messages/' || t.number, m.subject from mail m join message_thread t on t.id = m.object_id
		where m.state = 'failed' and m.queued_at > $1 and t.organization_id in `+list+` order by m.queued_at desc, m.id limit 10`, append([]any{tx.Now().Add(-30 * 24 * time.Hour)}, args...)...)
}
