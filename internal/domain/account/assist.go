package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Assisting is how staff stand who take down what an office says by phone, fax
// or mail: for whom they act, who is at the other end, and since when the
// office's request counts as received.
type Assisting struct {
	ID                           string
	OrganizationID, Organization string
	Channel                      string // "phone", "fax" or "mail"
	Caller                       string // who calls, or who signed the fax
	CallerRole                   string // what they are in the office; "" if not asked
	Phone                        string // to call back; may be ""
	ReceivedAt                   time.Time
	BeganAt                      time.Time
}

// Channels by which an office reaches staff, in the order people read them.
var Channels = []string{"phone", "fax", "mail"}

// longestOpen is how far back a fax or letter can have come in before somebody
// takes it down.
const longestOpen = 30 * 24 * time.Hour

// assistant is the one seat of staff while they act for an office. Nobody can
// be given it.
const assistant Role = "acting for an office"

// Assist has by act for an office in the session they ask from, until
// EndAssist: they see and do what belongs to requests of that office, and
// nothing of what their own roles give them. Who may: those who take requests
// for others. The organization must be an office.
func Assist(ctx context.Context, tx *db.Tx, v Visit, a Assisting) (Assisting, error) {
	if err := v.By.Must(ActOnBehalf); err != nil {
		return a, err
	}
	a.Caller, a.CallerRole, a.Phone = strings.TrimSpace(a.Caller), strings.TrimSpace(a.CallerRole), strings.TrimSpace(a.Phone)
	if err := a.check(tx.Now()); err != nil {
		return a, err
	}
	o, err := GetOrganization(ctx, tx, a.OrganizationID)
	if fault.Is(err, fault.NotFound) || err == nil && o.Kind != "office" {
		return a, fault.Fields{"organization": "Select the office"}.Err()
	}
	if err != nil {
		return a, err
	}
	if err := closeAssist(ctx, tx, v); err != nil {
		return a, err
	}
	a.ID, a.Organization, a.BeganAt = db.NewID("ast"), o.Name, tx.Now()
	if _, err := tx.Exec(ctx, `
		insert into assist (id, session_id, person_id, person_name, organization_id, channel, caller, caller_role, phone, received_at, began_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, v.SessionID, string(v.By.ID), v.By.Name, a.OrganizationID, a.Channel, a.Caller, a.CallerRole, a.Phone, a.ReceivedAt, a.BeganAt); err != nil {
		return a, err
	}
	return a, record(ctx, tx, v.By, "person.assists", v.By.ID, a.Channel+" for "+a.OrganizationID+", "+a.ID)
}

func (a Assisting) check(now time.Time) error {
	f := fault.Fields{}
	f.Check(slices.Contains(Channels, a.Channel), "channel", "Select how it came in")
	f.Check(a.Caller != "", "caller", "Enter who called or wrote")
	f.Check(len([]rune(a.Caller)) <= 100, "caller", "Name must be 100 characters or less")
	f.Check(len([]rune(a.CallerRole)) <= 100, "caller_role", "Role must be 100 characters or less")
	f.Check(len([]rune(a.Phone)) <= 40, "phone", "Phone number must be 10 digits")
	f.Check(!a.ReceivedAt.IsZero(), "received", "Enter when it came in")
	f.Check(!a.ReceivedAt.After(now), "received", "It must have come in before now")
	f.Check(a.ReceivedAt.IsZero() || now.Sub(a.ReceivedAt) <= longestOpen, "received", "It must have come in within the last 30 days")
	f.Check(a.OrganizationID != "", "organization", "Select the office")
	return f.Err()
}

// EndAssist has by be themselves again. Ending twice does no harm.
func EndAssist(ctx context.Context, tx *db.Tx, v Visit) error {
	if err := closeAssist(ctx, tx, v); err != nil || v.By.Assists == nil {
		return err
	}
	return record(ctx, tx, v.By, "person.assist_ended", v.By.ID, v.By.Assists.ID)
}

func closeAssist(ctx context.Context, tx *db.Tx, v Visit) error {
	_, err := tx.Exec(ctx, `update assist set ended_at = $1 where session_id = $2 and ended_at is null`, tx.Now(), v.SessionID)
	return err
}

// assisting has a, who may act for others, be what they are in a session: an
// assistant of an office while they act for it.
func (a Actor) assisting(ctx context.Context, tx *db.Tx, sessionID string) (Actor, error) {
	if !a.Can(ActOnBehalf) {
		return a, nil
	}
	open, err := db.All(ctx, tx, func(r db.Row) (s Assisting, err error) {
		return s, r.Scan(&s.ID, &s.OrganizationID, &s.Organization, &s.Channel, &s.Caller, &s.CallerRole, &s.Phone, &s.ReceivedAt, &s.BeganAt)
	}, `select a.id, a.organization_id, o.name, a.channel, a.caller, a.caller_role, a.phone, a.received_at, a.began_at
		from assist a join organization o on o.id = a.organization_id
		where a.session_id = $1 and a.ended_at is null order by a.began_at desc, a.id limit 1`, sessionID)
	if err != nil || len(open) == 0 {
		return a, err
	}
	return a.For(open[0]), nil
}

// For is a as they act for an office. Their plans and programs stay what they
// are.
func (a Actor) For(s Assisting) Actor {
	a.Assists = &s
	a.Seats = []Seat{{OrganizationID: s.OrganizationID, Organization: s.Organization, Role: assistant, Sees: "all"}}
	return a
}
