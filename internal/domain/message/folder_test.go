package message_test

import (
	"context"
	"testing"
	"time"

	"parley/internal/domain/attachment"
	"parley/internal/domain/message"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// A file that begins to come while the answer it belongs to is being sent goes
// with it once it was checked; one for an answer that isn't sent waits.
func TestAFileThatCrossesItsAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := talking(t, d, "erisa")
		x := k.asked(50 * 24 * time.Hour)
		if err := k.answer(k.Maria, x, 2, message.Answer{Text: "Therapy, 8 weeks."}); err != nil {
			t.Fatal(err)
		}
		if err := k.sendAnswers(k.Maria, x); err != nil {
			t.Fatal(err)
		}
		k.upload(x, "2") // as if it had begun before
		k.upload(x, "1")
		k.Do(func(ctx context.Context, tx *db.Tx) error {
			files, err := message.Files(ctx, tx, x)
			if err != nil {
				return err
			}
			for _, u := range files {
				if _, err := tx.Exec(ctx, `update upload set status = 'accepted' where id = $1`, u.ID); err != nil {
					return err
				}
				for range 2 {
					if err := message.FileChecked(ctx, tx, attachment.Checked{UploadID: u.ID}); err != nil {
						return err
					}
				}
			}
			n, err := db.Count(ctx, tx, `select count(*) from attachment where order_id = $1`, string(k.o.ID))
			if n != 1 {
				t.Errorf("%d files are enclosed, want that of the answer that was sent", n)
			}
			return err
		})
	})
}
