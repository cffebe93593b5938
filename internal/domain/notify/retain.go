package notify

import (
	"context"
	"time"

	"parley/internal/domain/hold"
	"parley/internal/infra/db"
)

// forgettable are mails of old whose text is still there, and that are about no
// order that is held: neither itself, nor by a call, a message, an appeal, a
// letter or the request it was.
var forgettable = `m.state in ('sent', 'failed', 'dropped') and m.queued_at < $1 and m.body <> '' and not ` + hold.Held(`m.object_id`) + `
	and not exists (select 1 from call_order c where c.call_id = m.object_id and ` + hold.Held(`c.order_id`) + `)
	and not exists (select 1 from message_thread t where t.id = m.object_id and ` + hold.Held(`t.order_id`) + `)
	and not exists (select 1 from appeal a where a.id = m.object_id and ` + hold.Held(`a.order_id`) + `)
	and not exists (select 1 from request q where q.id = m.object_id and ` + hold.Held(`q.order_id`) + `)
	and not exists (select 1 from letter l where l.id = m.object_id and ` + hold.Held(`l.order_id`) + `)`

// CountTexts counts mails from before then whose text can be forgotten.
func CountTexts(ctx context.Context, tx *db.Tx, before time.Time) (int, error) {
	return db.Count(ctx, tx, `select count(*) from mail m where `+forgettable, before)
}

// ForgetTexts forgets the texts and calendar entries of mails from before then,
// at most so many. That a mail was sent, to whom and when is kept: it proves a
// notice.
func ForgetTexts(ctx context.Context, tx *db.Tx, before time.Time, most int) (int64, error) {
	return tx.Exec(ctx, `update mail set body = '', html = '', calendar = '' where id in (select m.id from mail m where `+forgettable+` order by m.queued_at, m.id limit $2)`, before, most)
}
