package guideline

import (
	"cmp"
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// A row is a published version as stored.
type row struct {
	id                       PublishedID
	content, hash, publisher string
	at                       time.Time
	back                     bool
}

const columns = `g.id, g.content, g.content_hash, g.publisher, g.published_at, g.back_at is not null`

func scan(r db.Row) (w row, err error) {
	return w, r.Scan((*string)(&w.id), &w.content, &w.hash, &w.publisher, &w.at, &w.back)
}

func published(ctx context.Context, tx *db.Tx, id, version string) (row, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from guideline g where g.guideline = $1 and g.version = $2`, id, version)
}

func byID(ctx context.Context, tx *db.Tx, id PublishedID) (row, error) {
	return db.One(ctx, tx, scan, `select `+columns+` from guideline g where g.id = $1`, string(id))
}

func everything(ctx context.Context, tx *db.Tx) ([]row, error) {
	return db.All(ctx, tx, scan, `select `+columns+` from guideline g order by g.title, g.from_day desc, g.id desc`)
}

// inEffect picks the row that For describes.
func inEffect(ctx context.Context, tx *db.Tx, p plan.ID, program plan.ProgramID, code string, day civil.Date) (row, error) {
	return db.One(ctx, tx, scan, `
		select `+columns+` from guideline_use u
		join guideline g on g.id = u.guideline_id
		join program m on m.code = u.program
		left join plan l on l.code = u.plan
		where g.back_at is null and u.code = $1 and m.id = $2 and (u.plan = '' or l.id = $3) and g.from_day <= $4 and (g.to_day is null or g.to_day >= $4)
		order by case when u.plan = '' then 1 else 0 end, g.from_day desc, g.published_at desc, g.id desc limit 1`,
		code, string(program), string(p), day)
}

func insert(ctx context.Context, tx *db.Tx, by account.Actor, p Published) error {
	text := p.Text()
	_, err := tx.Exec(ctx, `
		insert into guideline (id, guideline, version, title, from_day, to_day, content, content_hash, published_by, publisher, published_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(p.PublishedID), p.ID, p.Version.Version, p.Title, p.From, p.To, string(text), hashOf(text), string(by.ID), by.Name, tx.Now())
	if err != nil {
		return err
	}
	plans := p.Plans
	if len(plans) == 0 {
		plans = []string{""}
	}
	for _, program := range distinct(p.Programs) {
		for _, plan := range distinct(plans) {
			for _, code := range distinct(p.Codes) {
				if _, err := tx.Exec(ctx, `insert into guideline_use (guideline_id, program, plan, code) values ($1, $2, $3, $4)`, string(p.PublishedID), program, plan, code); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func distinct[T cmp.Ordered](all []T) []T { return slices.Compact(slices.Sorted(slices.Values(all))) }

const responseColumns = `id, request_id, guideline_id, organization_id, member_id, plan_id, program_id, done, version, started_at, changed_at, changed_by, changer`

func getResponse(ctx context.Context, tx *db.Tx, id ResponseID) (r Response, answers string, err error) {
	r, err = db.One(ctx, tx, func(row db.Row) (r Response, err error) {
		return r, row.Scan((*string)(&r.ID), &r.RequestID, (*string)(&r.PublishedID), &r.OrganizationID, (*string)(&r.MemberID), (*string)(&r.PlanID), (*string)(&r.ProgramID),
			&r.Done, &r.Version, &r.StartedAt, &r.ChangedAt, (*string)(&r.ChangedBy), &r.Changer, &answers)
	}, `select `+responseColumns+`, answers from guideline_response where id = $1`, string(id))
	return r, answers, err
}

func insertResponse(ctx context.Context, tx *db.Tx, r Response, p Published) error {
	text, err := p.ResponseJSON(r.Answers, r.Done)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into guideline_response (`+responseColumns+`, guideline, answers) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		string(r.ID), r.RequestID, string(r.PublishedID), r.OrganizationID, string(r.MemberID), string(r.PlanID), string(r.ProgramID),
		r.Done, r.Version, r.StartedAt, r.ChangedAt, string(r.ChangedBy), r.Changer, p.ID, string(text))
	return err
}

// updateResponse stores r over the version before it, or answers a Conflict.
func updateResponse(ctx context.Context, tx *db.Tx, r Response, p Published) error {
	text, err := p.ResponseJSON(r.Answers, r.Done)
	if err != nil {
		return err
	}
	return db.Changed(tx.Exec(ctx, `
		update guideline_response set guideline_id = $1, guideline = $2, answers = $3, done = $4, version = $5, changed_at = $6, changed_by = $7, changer = $8,
			plan_id = $9, program_id = $10
		where id = $11 and version = $12`,
		string(r.PublishedID), p.ID, string(text), r.Done, r.Version, r.ChangedAt, string(r.ChangedBy), r.Changer, string(r.PlanID), string(r.ProgramID), string(r.ID), r.Version-1))
}

func deleteResponse(ctx context.Context, tx *db.Tx, id ResponseID) error {
	if _, err := tx.Exec(ctx, `delete from guideline_answer where response_id = $1`, string(id)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `delete from guideline_response where id = $1`, string(id))
	return err
}

func ofRequest(ctx context.Context, tx *db.Tx, requestID string) ([]ResponseID, error) {
	return db.All(ctx, tx, db.Value[ResponseID], `select id from guideline_response where request_id = $1 order by started_at, id`, requestID)
}

// An Edit is who changed which answer, and when. What was answered is not in
// it.
type Edit struct {
	LinkID string
	By     account.PersonID
	Name   string
	At     time.Time
}

func insertEdit(ctx context.Context, tx *db.Tx, r Response, linkID string) error {
	_, err := tx.Exec(ctx, `insert into guideline_answer (response_id, version, link_id, person_id, person_name, at) values ($1, $2, $3, $4, $5, $6)`,
		string(r.ID), r.Version, linkID, string(r.ChangedBy), r.Changer, r.ChangedAt)
	return err
}

// Edits are those of a response after a version of it, in their order. The
// caller has opened the response.
func Edits(ctx context.Context, tx *db.Tx, id ResponseID, version int) ([]Edit, error) {
	return db.All(ctx, tx, func(r db.Row) (e Edit, err error) { return e, r.Scan(&e.LinkID, (*string)(&e.By), &e.Name, &e.At) },
		`select link_id, person_id, person_name, at from guideline_answer where response_id = $1 and version > $2 order by version, link_id`, string(id), version)
}
