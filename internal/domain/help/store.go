package help

import (
	"context"
	"strings"

	"parley/internal/infra/db"
)

const columns = `id, kind, name, body, href, plans, programs, topic, phone, fax, email, zone, open_minute, close_minute, shown, place`

func scan(r db.Row) (e Entry, err error) {
	var plans, programs string
	err = r.Scan(&e.ID, (*string)(&e.Kind), &e.Name, &e.Text, &e.Href, &plans, &programs, &e.Topic, &e.Phone, &e.Fax, &e.Email, &e.Zone, &e.Opens, &e.Closes, &e.Shown, &e.Place)
	e.Plans, e.Programs = Codes(plans), Codes(programs)
	return e, err
}

// Codes are those of a text that has commas between them.
func Codes(text string) (all []string) {
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

func entries(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Entry, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from help_entry where `+where+` order by place, name, id`, args...)
}

func save(ctx context.Context, tx *db.Tx, e Entry) error {
	_, err := tx.Exec(ctx, `
		insert into help_entry (`+columns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		on conflict (id) do update set name = excluded.name, body = excluded.body, href = excluded.href, plans = excluded.plans, programs = excluded.programs, topic = excluded.topic,
			phone = excluded.phone, fax = excluded.fax, email = excluded.email, zone = excluded.zone, open_minute = excluded.open_minute, close_minute = excluded.close_minute, shown = excluded.shown, place = excluded.place`,
		e.ID, string(e.Kind), e.Name, e.Text, e.Href, strings.Join(e.Plans, ","), strings.Join(e.Programs, ","), e.Topic, e.Phone, e.Fax, e.Email, e.Zone, e.Opens, e.Closes, e.Shown, e.Place)
	return err
}
