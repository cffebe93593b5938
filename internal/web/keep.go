package web

import (
	"context"
	"errors"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// ErrandCookie holds, in the browser that went to sign in elsewhere, what that
// was begun with.
const ErrandCookie = "errand"

// Keep runs do in a transaction of its own, from the Do of a slow page, and
// commits even a fault for people: what was tried counts.
func (s *Server) Keep(ctx context.Context, do func(context.Context, *db.Tx) error) error {
	var said error
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		if said = do(ctx, tx); fault.Of(said).Kind == fault.Internal {
			return said
		}
		return nil
	})
	return errors.Join(err, said)
}
