package privacy

import (
	"context"
	"slices"
	"strconv"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/member"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// Exported keeps that all incidents were exported. Who may: those who handle
// incidents.
func Exported(ctx context.Context, tx *db.Tx, by account.Actor) error {
	if err := by.Must(account.HandlePrivacy); err != nil {
		return err
	}
	return record(ctx, tx, by, "privacy.exported", "", "")
}

// Most is how many incidents a list shows.
const Most = 500

// List returns incidents, those that are open the oldest first, those closed
// the latest first; at most Most. Who may: those who handle incidents.
func List(ctx context.Context, tx *db.Tx, by account.Actor, closed bool) ([]Incident, error) {
	if err := by.Must(account.HandlePrivacy); err != nil {
		return nil, err
	}
	where := `closed_at is null order by noticed_at, number`
	if closed {
		where = `closed_at is not null order by closed_at desc, number`
	}
	return db.All(ctx, tx, scan, `select `+columns+` from privacy_incident where `+where+` limit `+strconv.Itoa(Most))
}

// Get returns an incident with its notices, and audits that it is read. Who
// may: those who handle incidents.
func Get(ctx context.Context, tx *db.Tx, by account.Actor, id string) (i Incident, all []Notice, err error) {
	if err := by.Must(account.HandlePrivacy); err != nil {
		return i, nil, err
	}
	i, err = db.One(ctx, tx, scan, `select `+columns+` from privacy_incident where id = $1`, id)
	if fault.Is(err, fault.NotFound) {
		return i, nil, fault.New(fault.NotFound, "We can't find that incident.")
	}
	if err != nil {
		return i, nil, err
	}
	if all, err = notices(ctx, tx, id); err != nil {
		return i, nil, err
	}
	return i, all, record(ctx, tx, by, "privacy.read", id, "")
}

func notices(ctx context.Context, tx *db.Tx, id string) ([]Notice, error) {
	all, err := db.All(ctx, tx, func(r db.Row) (n Notice, err error) { return n, r.Scan(&n.Kind, &n.Due, &n.DoneOn, &n.Doer) },
		`select kind, due_on, coalesce(done_on, ''), done_name from privacy_notice where incident_id = $1`, id)
	slices.SortFunc(all, func(a, b Notice) int { return place(a.Kind) - place(b.Kind) })
	return all, err
}

func place(kind string) int {
	for i, n := range Notices {
		if n.Kind == kind {
			return i
		}
	}
	return len(Notices)
}

// Concerned are the members whose data it was. Each is a read that is audited.
// The caller has read the incident.
func Concerned(ctx context.Context, tx *db.Tx, by account.Actor, id string) (all []member.Member, err error) {
	if err := by.Must(account.HandlePrivacy); err != nil {
		return nil, err
	}
	ids, err := db.All(ctx, tx, db.Value[string], `select member_id from privacy_member where incident_id = $1 order by added_at, member_id`, id)
	for _, one := range ids {
		m, err := member.Get(ctx, tx, member.ID(one))
		if err != nil {
			return nil, err
		}
		if err := record(ctx, tx, by, "privacy.member_read", id, one); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, err
}

// A Who says whom somebody means: the member ID, the date of birth, and the
// beginning of the first name where a family shares the other two.
type Who struct {
	Number, First string
	Born          civil.Date
}

// ConcernFound is Concern for who is meant. Who may: those who handle
// incidents. The error is Invalid at "number", "born" or "first".
func ConcernFound(ctx context.Context, tx *db.Tx, by account.Actor, id string, who Who) error {
	if _, _, err := Get(ctx, tx, by, id); err != nil {
		return err
	}
	m, err := Find(ctx, tx, by, who)
	if err != nil {
		return err
	}
	return Concern(ctx, tx, by, id, string(m.ID))
}

// Find returns who is meant. Who may: those who handle incidents. The error is
// Invalid at "number", "born" or "first".
func Find(ctx context.Context, tx *db.Tx, by account.Actor, who Who) (member.Member, error) {
	if err := by.Must(account.HandlePrivacy); err != nil {
		return member.Member{}, err
	}
	f := fault.Fields{}
	f.Check(who.Number != "", "number", "Enter the member ID")
	f.Check(!who.Born.IsZero(), "born", "Enter the date of birth")
	if err := f.Err(); err != nil {
		return member.Member{}, err
	}
	found, err := member.Search(ctx, tx, by, member.Query{Number: who.Number, First: who.First, Born: who.Born})
	if err != nil {
		return member.Member{}, err
	}
	switch len(found) {
	case 0:
		return member.Member{}, fault.Fields{"number": "We can’t find a member with this ID, date of birth and name"}.Err()
	case 1:
		return found[0].Member, nil
	}
	return member.Member{}, fault.Fields{"first": "Several members have this ID and date of birth. Enter the first name"}.Err()
}

// Judge keeps what was found out, and what it is judged to be. A breach gets
// its notices with their days; those done stay. Who may: those who handle
// incidents. The error is Invalid by fields, a Conflict if it is closed or
// somebody changed it since version.
func Judge(ctx context.Context, tx *db.Tx, by account.Actor, id string, version int, j Judged) error {
	i, all, err := Get(ctx, tx, by, id)
	if err != nil {
		return err
	}
	if i.ClosedAt != nil {
		return fault.New(fault.Conflict, "This incident is closed. Open it again first.")
	}
	if err := j.check(); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update privacy_incident set people = $1, done = $2, nature = $3, recipient = $4, acquired = $5, mitigated = $6, outcome = $7, outcome_why = $8, changed_at = $9, version = version + 1
		where id = $10 and version = $11`,
		j.People, j.Done, j.Nature, j.Recipient, j.Acquired, j.Mitigated, j.Outcome, j.OutcomeWhy, tx.Now(), id, version)); err != nil {
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "Somebody changed this incident meanwhile. Read it again, and say what is yours once more.")
		}
		return err
	}
	if _, err := tx.Exec(ctx, `delete from privacy_notice where incident_id = $1 and done_on is null`, id); err != nil {
		return err
	}
	if j.Outcome == Breach {
		for _, n := range Due(j.People, i.Discovered) {
			if slices.ContainsFunc(all, func(was Notice) bool { return was.Kind == n.Kind && !was.DoneOn.IsZero() }) {
				continue
			}
			if _, err := tx.Exec(ctx, `insert into privacy_notice (incident_id, kind, due_on) values ($1, $2, $3)`, id, n.Kind, n.Due); err != nil {
				return err
			}
		}
	}
	e := by.Audit("privacy.judged", "incident", id)
	e.Detail = j.Outcome
	return audit.Record(ctx, tx, e)
}

// NoticeDone keeps that a notice went out on a day. Who may: those who handle
// incidents. The error is Invalid at "day_" and the kind, a Conflict if it isn't
// asked for or is done.
func NoticeDone(ctx context.Context, tx *db.Tx, by account.Actor, id, kind string, day civil.Date) error {
	i, all, err := Get(ctx, tx, by, id)
	if err != nil {
		return err
	}
	zone, err := civil.Zone(civil.DefaultZone)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	f.Check(!day.IsZero(), "day_"+kind, "Enter the day on which it went out")
	f.Check(day.IsZero() || !day.Before(i.Discovered) && !day.After(civil.DateIn(tx.Now(), zone)), "day_"+kind, "It went out after the discovery, and not after today")
	if err := f.Err(); err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(n Notice) bool { return n.Kind == kind && n.DoneOn.IsZero() }) {
		return fault.New(fault.Conflict, "This notice isn't asked for, or is done already.")
	}
	if err := db.Changed(tx.Exec(ctx, `update privacy_notice set done_on = $1, done_by = $2, done_name = $3 where incident_id = $4 and kind = $5 and done_on is null`,
		day, string(by.ID), by.Name, id, kind)); err != nil {
		return err
	}
	e := by.Audit("privacy.notified", "incident", id)
	e.Detail = kind + " on " + day.String()
	return audit.Record(ctx, tx, e)
}

// CloseIncident ends the work on an incident: it is judged, what was done is
// said, and of a breach every notice went out. Who may: those who handle
// incidents. The error is Invalid at "outcome", "done" or "notices".
func CloseIncident(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	i, all, err := Get(ctx, tx, by, id)
	if err != nil {
		return err
	}
	if i.ClosedAt != nil {
		return fault.New(fault.Conflict, "This incident is closed already.")
	}
	f := fault.Fields{}
	f.Check(i.Outcome != "", "outcome", "Say first what it is: a breach or not")
	f.Check(i.Done != "", "done", "Say first what was done about it")
	f.Check(!slices.ContainsFunc(all, func(n Notice) bool { return n.DoneOn.IsZero() }), "notices", "A notice has not gone out yet")
	if err := f.Err(); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update privacy_incident set closed_at = $1, closed_by = $2, closed_name = $3, changed_at = $4, version = version + 1 where id = $5 and closed_at is null`,
		tx.Now(), string(by.ID), by.Name, tx.Now(), id)); err != nil {
		return err
	}
	return record(ctx, tx, by, "privacy.closed", id, "")
}

// Reopen has the work on an incident go on. Who may: those who handle
// incidents.
func Reopen(ctx context.Context, tx *db.Tx, by account.Actor, id string) error {
	if _, _, err := Get(ctx, tx, by, id); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `update privacy_incident set closed_at = null, closed_by = '', closed_name = '', changed_at = $1, version = version + 1 where id = $2 and closed_at is not null`, tx.Now(), id)); err != nil {
		return err
	}
	return record(ctx, tx, by, "privacy.reopened", id, "")
}
