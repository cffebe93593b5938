package attachment

import (
	"context"
	"strconv"
	"time"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// Broken returns the uploads of by's that can't be used as they are and are not
// taken away, of those that changed since a time, the latest first, at most n:
// what wants its password, is damaged, or was not taken.
func Broken(ctx context.Context, tx *db.Tx, by account.Actor, since time.Time, n int) ([]Upload, error) {
	list, args := db.In(3, []Status{Protected, Virus, Refused, Damaged, TooLarge})
	return db.All(ctx, tx, scanUpload, `select `+uploadColumns+` from upload
		where added_by = $1 and changed_at > $2 and order_id is null and deleted_at is null and status in `+list+` order by changed_at desc, id limit `+strconv.Itoa(n),
		append([]any{string(by.ID), since}, args...)...)
}
