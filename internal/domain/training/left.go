package training

import (
	"context"
	"slices"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FollowLeft frees the places of somebody who works nowhere any more, in
// sessions that have not begun: others wait for them.
func FollowLeft(ctx context.Context, tx *db.Tx, e account.Left) error {
	seats, err := account.Seats(ctx, tx, e.PersonID)
	if err != nil || len(seats) > 0 {
		return err
	}
	ids, err := db.All(ctx, tx, db.Value[string], `
		select t.training_id from training_place t join training s on s.id = t.training_id
		where t.person_id = $1 and t.state <> 'left' and s.starts_at > $2 and s.canceled_at is null`, string(e.PersonID), tx.Now())
	if err != nil {
		return err
	}
	slices.Sort(ids) // so that two who do this don't wait for each other
	for _, id := range ids {
		s, err := lock(ctx, tx, id)
		if err != nil {
			return err
		}
		p, err := placeOf(ctx, tx, id, e.PersonID)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update training_place set state = 'left' where id = $1`, p.ID); err != nil {
			return err
		}
		if p.State != Registered {
			continue
		}
		s.Taken--
		if err := take(ctx, tx, id, -1); err != nil {
			return err
		}
		if err := promote(ctx, tx, &s); err != nil {
			return err
		}
	}
	return nil
}
