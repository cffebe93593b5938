package request

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `id, number, organization_id, content, version, created_by, created_name, created_at, changed_by, changed_name, changed_at, expires_at, deleted_at, sent_at, order_id`

func scan(row db.Row) (r Request, err error) {
	var content string
	if err := row.Scan((*string)(&r.ID), &r.Number, &r.OrganizationID, &content, &r.Version, &r.CreatedBy, &r.CreatedName, &r.CreatedAt,
		&r.ChangedBy, &r.ChangedName, &r.ChangedAt, &r.ExpiresAt, &r.DeletedAt, &r.SentAt, (*string)(&r.OrderID)); err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(content), &r.Content)
}

const attempts = 5 // to find a number nobody has

func insert(ctx context.Context, tx *db.Tx, r *Request) error {
	content, err := json.Marshal(r.Content)
	if err != nil {
		return err
	}
	for range attempts {
		n, err := tx.Exec(ctx, `
			insert into request (`+columns+`, location_id, practitioner_id, assist_id)
			select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, null, null, null, $13, $14, $15 where not exists (select 1 from orders where number = $2)
			on conflict do nothing`,
			string(r.ID), r.Number, r.OrganizationID, string(content), r.Version, r.CreatedBy, r.CreatedName, r.CreatedAt,
			r.ChangedBy, r.ChangedName, r.ChangedAt, r.ExpiresAt, r.Providers.LocationID, r.Providers.PractitionerID, r.Taken.id())
		if err != nil || n == 1 {
			return err
		}
		r.Number = order.NewNumber()
	}
	return fault.New(fault.Conflict, "We couldn't find a free number. Try again.")
}

// update writes r if it is still what it was before its last change.
func update(ctx context.Context, tx *db.Tx, r Request) error {
	content, err := json.Marshal(r.Content)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		update request set content = $1, version = $2, changed_by = $3, changed_name = $4, changed_at = $5, expires_at = $6,
			deleted_at = $7, sent_at = $8, order_id = $9, location_id = $10, practitioner_id = $11,
			reminded_days = case when expires_at = $6 then reminded_days else null end, handed_at = $12
		where id = $13 and version = $14`,
		string(content), r.Version, r.ChangedBy, r.ChangedName, r.ChangedAt, r.ExpiresAt, r.DeletedAt, r.SentAt, orNull(string(r.OrderID)),
		r.Providers.LocationID, r.Providers.PractitionerID, r.waitsSince(), string(r.ID), r.Version-1)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "Somebody changed this request in the same moment. Check what they entered, then continue.")
	}
	return err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// mine is the condition on table request that by works with the row, with its
// arguments; placeholders begin at $from. A person sees an office's drafts as
// they see its orders (order.Visible).
func mine(by account.Actor, from int) (where string, args []any) {
	var any []string
	arg := func(v string) string {
		args = append(args, v)
		return "$" + strconv.Itoa(from+len(args)-1)
	}
	for _, s := range by.Seats {
		switch {
		case s.Role.Side() != account.Portal || s.Role == account.Site:
		case by.Assists != nil:
			any = append(any, "(organization_id = "+arg(s.OrganizationID)+" and assist_id <> '')")
		case s.Sees == "own":
			own := "organization_id = " + arg(s.OrganizationID) + " and (created_by = " + arg(string(by.ID))
			if s.PractitionerID != "" {
				own += " or practitioner_id = " + arg(s.PractitionerID)
			}
			any = append(any, "("+own+"))")
		case s.Sees == "location" && s.LocationID != "":
			any = append(any, "(organization_id = "+arg(s.OrganizationID)+" and (location_id = "+arg(s.LocationID)+" or created_by = "+arg(string(by.ID))+"))")
		default:
			any = append(any, "organization_id = "+arg(s.OrganizationID))
		}
	}
	if len(any) == 0 || !by.Can(account.SendRequests) {
		return "(1 = 0)", nil
	}
	return "(" + strings.Join(any, " or ") + ")", args
}

// waitsSince is since when the clinical questions wait for the practitioner; nil
// if they don't.
func (c Content) waitsSince() *time.Time {
	if !c.WithPractitioner() {
		return nil
	}
	return &c.Handed.At
}

// id is that of the assistance in which a request was taken down, "" for none.
func (t *Taken) id() string {
	if t == nil {
		return ""
	}
	return t.AssistID
}

func find(ctx context.Context, tx *db.Tx, by account.Actor, number string) (Request, error) {
	where, args := mine(by, 2)
	r, err := db.One(ctx, tx, scan, `select `+columns+` from request where number = $1 and `+where, append([]any{number}, args...)...)
	if fault.Is(err, fault.NotFound) {
		return r, fault.New(fault.NotFound, "We can't find that request. It may have been deleted.")
	}
	return r, err
}

// ofOrder is the request that an order began as, or a NotFound fault. The
// caller has read the order.
func ofOrder(ctx context.Context, tx *db.Tx, id order.ID) (Request, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from request where order_id = $1`, string(id))
}

// drafts returns what by could go on with, the last changed first.
func drafts(ctx context.Context, tx *db.Tx, by account.Actor, deleted bool, since time.Time) ([]Request, error) {
	where, args := mine(by, 2)
	state := "deleted_at is null and expires_at > $1"
	if deleted {
		state = "deleted_at > $1"
	}
	return db.All(ctx, tx, scan, `select `+columns+` from request where sent_at is null and `+state+` and `+where+` order by changed_at desc, id limit 500`,
		append([]any{since}, args...)...)
}

// lastSent is the request that by sent last for an organization; none before
// the first.
func lastSent(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string) ([]Request, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from request where sent_at is not null and organization_id = $1 and changed_by = $2 order by sent_at desc, id limit 1`,
		organizationID, string(by.ID))
}

// lastAddress is the key of the address at which a practitioner ordered last for
// an office; "" before the first.
func lastAddress(ctx context.Context, tx *db.Tx, organizationID, practitionerID string) (string, error) {
	last, err := db.All(ctx, tx, scan, `select `+columns+` from request where sent_at is not null and organization_id = $1 and practitioner_id = $2 order by sent_at desc, id limit 1`,
		organizationID, practitionerID)
	if err != nil || len(last) == 0 {
		return "", err
	}
	return last[0].Providers.AddressKey, nil
}

func record(ctx context.Context, tx *db.Tx, by account.Actor, r Request, action string) error {
	e := by.Audit(action, "request", string(r.ID))
	e.MemberID = r.Patient.MemberID
	return audit.Record(ctx, tx, e)
}
