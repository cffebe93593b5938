package peer

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
)

// TakeFile takes a file about one of the orders of a call, before or while it
// takes place: it is checked like any other, and the reviewer finds it with the
// order. It is in the store as ref. Who may: who books calls, and the speaker.
// What can't be taken is Invalid at "files"; a call that is over is a Conflict.
func TakeFile(ctx context.Context, tx *db.Tx, by account.Actor, c Call, o order.Order, n attachment.New, ref blob.Ref) error {
	if err := maySpeak(by, c); err != nil {
		return err
	}
	if !speaking(c, tx.Now()) {
		return fault.New(fault.Conflict, "This call is over. The office can still add files to the order.")
	}
	in, err := request.FolderOf(ctx, tx, o)
	if err != nil {
		return err
	}
	_, err = attachment.Arrive(ctx, tx, by, in, string(o.ID), n, ref)
	return err
}
