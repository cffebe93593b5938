package fax

import (
	"context"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `f.id, f.upload_id, f.sha256, f.came, f.from_number, f.received_at, f.taken_by, f.taken_name, f.taken_at, f.status, f.why, f.codes_at, f.changed_at`

func (x *Fax) fields() []any {
	return []any{&x.ID, &x.UploadID, &x.SHA256, &x.Came, &x.From, &x.ReceivedAt, (*string)(&x.TakenBy), &x.Taker, &x.TakenAt, (*string)(&x.Status), &x.Why, &x.CodesAt, &x.ChangedAt}
}

func scan(r db.Row) (x Fax, err error) { return x, r.Scan(x.fields()...) }

func one(ctx context.Context, tx *db.Tx, id string) (Fax, error) {
	x, err := db.One(ctx, tx, scan, `select `+columns+` from fax f where f.id = $1`, id)
	if fault.Is(err, fault.NotFound) {
		return x, fault.New(fault.NotFound, "We can't find that fax.")
	}
	return x, err
}

func list(ctx context.Context, tx *db.Tx, where, order string) ([]Listed, error) {
	return db.All(ctx, tx, func(r db.Row) (l Listed, err error) {
		return l, r.Scan(append(l.fields(), &l.Pages, &l.Open)...)
	}, `select `+columns+`, (select count(*) from fax_page p where p.fax_id = f.id), (select count(*) from fax_page p where p.fax_id = f.id and p.state in ('waiting', 'reported'))
		from fax f where `+where+` order by `+order+` limit `+strconv.Itoa(Most))
}

// insert adds x; false if its content is here already.
func (x Fax) insert(ctx context.Context, tx *db.Tx) (bool, error) {
	n, err := tx.Exec(ctx, `insert into fax (id, upload_id, sha256, came, from_number, received_at, taken_by, taken_name, taken_at, status, changed_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
		x.ID, x.UploadID, x.SHA256, x.Came, x.From, x.ReceivedAt, string(x.TakenBy), x.Taker, x.TakenAt, string(x.Status), x.ChangedAt)
	return n > 0, err
}

func setStatus(ctx context.Context, tx *db.Tx, id string, s Status, why string) error {
	_, err := tx.Exec(ctx, `update fax set status = $1, why = $2, changed_at = $3 where id = $4`, string(s), why, tx.Now(), id)
	return err
}

const pageColumns = `page, turn, code, unread, state, reason, number, order_id, request_id, upload_id, incident_id, changed_at, changed_by, changed_name`

func pagesOf(ctx context.Context, tx *db.Tx, id string) ([]Page, error) {
	return db.All(ctx, tx, func(r db.Row) (p Page, err error) {
		return p, r.Scan(&p.N, &p.Turn, &p.Code, &p.Unread, (*string)(&p.State), &p.Reason, &p.Number, &p.OrderID, &p.RequestID, &p.UploadID, &p.Incident, &p.ChangedAt, (*string)(&p.ChangedBy), &p.Changer)
	}, `select `+pageColumns+` from fax_page where fax_id = $1 order by page`, id)
}

func addPages(ctx context.Context, tx *db.Tx, id string, n int, by account.Actor, state State, incident string) error {
	for page := 1; page <= n; page++ {
		if err := tx.Send(ctx, `insert into fax_page (fax_id, page, state, incident_id, changed_at, changed_by, changed_name) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
			id, page, string(state), incident, tx.Now(), string(by.ID), by.Name); err != nil {
			return err
		}
	}
	return nil
}

// save writes what became of p, if it is still as it was read; else the error
// is a Conflict.
func (p *Page) save(ctx context.Context, tx *db.Tx, id string, by account.Actor, before Page) error {
	p.ChangedAt, p.ChangedBy, p.Changer = tx.Now(), by.ID, by.Name
	return db.Changed(tx.Exec(ctx, `update fax_page set turn = $1, state = $2, reason = $3, number = $4, order_id = $5, request_id = $6, upload_id = $7, incident_id = $8, changed_at = $9, changed_by = $10, changed_name = $11
		where fax_id = $12 and page = $13 and state = $14 and upload_id = $15`,
		p.Turn, string(p.State), p.Reason, p.Number, p.OrderID, p.RequestID, p.UploadID, p.Incident, p.ChangedAt, string(p.ChangedBy), p.Changer,
		id, p.N, string(before.State), before.UploadID))
}

// settle has a fax be done or wait, by what is left of it.
func settle(ctx context.Context, tx *db.Tx, id string) error {
	open, err := db.Exists(ctx, tx, `select 1 from fax_page where fax_id = $1 and state in ('waiting', 'reported')`, id)
	if err != nil {
		return err
	}
	if open {
		return setStatus(ctx, tx, id, Waiting, "")
	}
	return setStatus(ctx, tx, id, Done, "")
}
