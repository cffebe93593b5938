package fax

import (
	"context"

	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
)

// keepCodes keeps the numbers that stand on pages. What is no number of an
// order is no cover sheet of ours.
func keepCodes(ctx context.Context, tx *db.Tx, id string, found []inspect.Code) error {
	for i, c := range found {
		if !order.ValidNumber(c.Text) {
			c.Text = ""
		}
		if err := tx.Send(ctx, `update fax_page set code = $1, unread = $2 where fax_id = $3 and page = $4`, c.Text, c.Unread, id, i+1); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `update fax set codes_at = $1 where id = $2`, tx.Now(), id)
	return err
}

// A Proposal is pages that belong together by the cover sheet before them.
type Proposal struct {
	Number string
	Pages  []int
}

// Proposals are the pages from each of our cover sheets to the next, of those
// that wait. Pages before the first have none, and so has a sheet with nothing
// behind it that waits.
func Proposals(pages []Page) (all []Proposal) {
	open := false
	for _, p := range pages {
		if p.Code != "" {
			open = p.State == PageWaiting
			if open {
				all = append(all, Proposal{Number: p.Code})
			}
		}
		if open && p.State == PageWaiting {
			all[len(all)-1].Pages = append(all[len(all)-1].Pages, p.N)
		}
	}
	return all
}
