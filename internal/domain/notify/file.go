package notify

import (
	"context"

	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/mail"
	"parley/internal/words"
)

// FileChecked tells who uploaded a file that it was not accepted, if that
// came out after the request was sent: before, they see it on the page. The
// file's name may be a patient's, so only its ends are told.
func (d *Desk) FileChecked(ctx context.Context, tx *db.Tx, e attachment.Checked) error {
	all, err := attachment.UploadsByID(ctx, tx, []string{e.UploadID})
	if err != nil || len(all) == 0 || all[0].OrderID == "" || all[0].Status == attachment.Accepted || all[0].DeletedAt != nil {
		return err
	}
	u := all[0]
	to, err := db.One(ctx, tx, func(r db.Row) (a mail.Address, err error) {
		var first, last string
		err = r.Scan(&a.Email, &first, &last)
		a.Name = first + " " + last
		return a, err
	}, `select email, first_name, last_name from person where id = $1`, string(u.AddedBy))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := contactOf(ctx, tx, u.OrderID)
	if err != nil {
		return err
	}
	line := words.Say("A file you uploaded for an order ending %s couldn't be used. Sign in to read why.", order.Ending(c.number))
	if u.Status == attachment.Protected {
		line = words.Say("A file you uploaded for an order ending %s is password protected, so nobody here can read it. Sign in to enter its password, or to upload a copy without one.", order.Ending(c.number))
	}
	return d.Queue(ctx, tx, Letter{
		Key: "file:" + u.ID + ":" + u.SHA256, To: to, Subject: words.Say("A file you uploaded couldn't be used (%s)", attachment.Masked(u.Name)),
		Lines: []words.Text{line},
		Link:  "/orders/" + c.number, LinkText: "Open the order", ObjectID: u.OrderID,
	})
}
