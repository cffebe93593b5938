package privacy

import (
	"context"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

const columns = `id, number, what, noticed_at, discovered_on, source, reference, reported_by, reported_name, reported_at,
	people, done, nature, recipient, acquired, mitigated, outcome, outcome_why, closed_at, closed_name, changed_at, version`

func scan(r db.Row) (i Incident, err error) {
	return i, r.Scan(&i.ID, &i.Number, &i.What, &i.NoticedAt, &i.Discovered, &i.Source, &i.Reference, (*string)(&i.ReportedBy), &i.Reporter, &i.ReportedAt,
		&i.People, &i.Done, &i.Nature, &i.Recipient, &i.Acquired, &i.Mitigated, &i.Outcome, &i.OutcomeWhy, &i.ClosedAt, &i.Closer, &i.ChangedAt, &i.Version)
}

// insert adds i under the next number. If somebody else took that in the same
// moment, the one after it is tried.
func (i Incident) insert(ctx context.Context, tx *db.Tx) (number int, err error) {
	for range 5 {
		got, err := db.All(ctx, tx, db.Value[int], `insert into privacy_incident (id, number, what, noticed_at, discovered_on, source, reference, reported_by, reported_name, reported_at, changed_at)
			select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10 from privacy_incident where 1 = 1 on conflict (number) do nothing returning number`,
			i.ID, i.What, i.NoticedAt, i.Discovered, i.Source, i.Reference, string(i.ReportedBy), i.Reporter, i.ReportedAt, i.ChangedAt)
		if err != nil || len(got) > 0 {
			return append(got, 0)[0], err
		}
	}
	return 0, fault.New(fault.Conflict, "Many incidents are reported in this moment. Send it again.")
}
