package request

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// ByFax is the Notices of a contact who hears by fax; "" is by mail.
const ByFax = "fax"

const contactColumns = `name, phone, extension, fax, email, notices`

// usualContact is whom by said to ask about all of their requests; nil if they
// never did.
func usualContact(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string) (*order.Contact, error) {
	c, err := db.One(ctx, tx, func(r db.Row) (c order.Contact, err error) {
		return c, r.Scan(&c.Name, &c.Phone, &c.Extension, &c.Fax, &c.Email, &c.Notices)
	}, `select `+contactColumns+` from office_contact where organization_id = $1 and person_id = $2`, organizationID, string(by.ID))
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return &c, err
}

// keepContact has c stand on the next requests of by. Who acts for an office
// keeps none: somebody else calls next time.
func keepContact(ctx context.Context, tx *db.Tx, by account.Actor, organizationID string, c order.Contact) error {
	if by.Assists != nil {
		return nil
	}
	_, err := tx.Exec(ctx, `
		insert into office_contact (organization_id, person_id, `+contactColumns+`, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		on conflict (organization_id, person_id) do update set name = excluded.name, phone = excluded.phone, extension = excluded.extension,
			fax = excluded.fax, email = excluded.email, notices = excluded.notices, changed_at = excluded.changed_at`,
		organizationID, string(by.ID), c.Name, c.Phone, c.Extension, c.Fax, c.Email, c.Notices, tx.Now())
	return err
}

// firstContact is whom to ask as long as nobody said: who fills the request in,
// or who called staff about it.
func firstContact(r Request, by account.Actor) order.Contact {
	if t := r.Taken; t != nil {
		return order.Contact{Name: t.Caller, Phone: t.Phone}
	}
	return order.Contact{Name: by.Name, Email: by.Email}
}
