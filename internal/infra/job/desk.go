package job

import (
	"context"
	"regexp"
	"strings"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Standing is how a job stands, for those who look after the queue.
type Standing string

// Standings. A job that failed and is tried again is Failing until it has failed ForGood.
const (
	ForGood   Standing = "dead"
	Failing   Standing = "failing"
	Waiting   Standing = "waiting"
	Running   Standing = "running"
	Done      Standing = "done"
	Discarded Standing = "discarded"
)

// Standings are all of them, the one that wants somebody first.
var Standings = []Standing{ForGood, Failing, Waiting, Running, Discarded, Done}

var conditions = map[Standing]string{
	ForGood: `state = 'dead'`, Failing: `state = 'ready' and attempt > 0`, Waiting: `state = 'ready' and attempt = 0`, Running: `state = 'running'`,
	Done: `state = 'done' and discarded = ''`, Discarded: `state = 'done' and discarded <> ''`,
}

// A Job is one of the queue, without what it is given.
type Job struct {
	ID, Kind  string
	Standing  Standing
	Attempt   int
	Error     string // see Plain
	Added     time.Time
	Due       time.Time
	Ended     *time.Time
	Discarded string // why
}

const jobColumns = `id, kind, case when state = 'ready' and attempt > 0 then 'failing' when state = 'ready' then 'waiting' when state = 'done' and discarded <> '' then 'discarded' else state end,
	attempt, error, added_at, run_at, ended_at, discarded`

func scanJob(r db.Row) (j Job, err error) {
	err = r.Scan(&j.ID, &j.Kind, (*string)(&j.Standing), &j.Attempt, &j.Error, &j.Added, &j.Due, &j.Ended, &j.Discarded)
	j.Error = Plain(j.Error)
	return j, err
}

// Shown is how many List returns at most.
const Shown = 100

// List returns jobs of a standing, those first that were or are due first, but
// of the ended the latest first. An unknown standing has none.
func List(ctx context.Context, tx *db.Tx, s Standing) ([]Job, error) {
	condition, known := conditions[s]
	if !known {
		return nil, nil
	}
	by := `run_at, id`
	if s == Done || s == Discarded || s == ForGood {
		by = `run_at desc, id desc`
	}
	return db.All(ctx, tx, scanJob, `select `+jobColumns+` from job where `+condition+` order by `+by+` limit 100`)
}

// One returns a job, or a NotFound fault.
func One(ctx context.Context, tx *db.Tx, id string) (Job, error) {
	return db.One(ctx, tx, scanJob, `select `+jobColumns+` from job where id = $1`, id)
}

// Counts are how many jobs there are of each standing but Done, which are
// many and want nobody.
func Counts(ctx context.Context, tx *db.Tx) (map[Standing]int, error) {
	n := map[Standing]int{}
	for s, condition := range conditions {
		if s == Done {
			continue
		}
		var err error
		if n[s], err = db.Count(ctx, tx, `select count(*) from job where `+condition); err != nil {
			return n, err
		}
	}
	return n, nil
}

// ReviveAll has every dead job run again, from its first attempt, and reports
// how many.
func ReviveAll(ctx context.Context, tx *db.Tx) (int64, error) {
	return tx.Exec(ctx, `update job set state = 'ready', attempt = 0, run_at = $1, ended_at = null where state = 'dead'`, tx.Now())
}

// Discard gives a dead job up, and keeps why. An Invalid fault is at "why".
func Discard(ctx context.Context, tx *db.Tx, id, why string) error {
	why = strings.TrimSpace(why)
	f := fault.Fields{}
	f.Check(why != "", "why", "Say why it is given up")
	f.Check(len([]rune(why)) <= 300, "why", "The reason must be 300 characters or less")
	if err := f.Err(); err != nil {
		return err
	}
	return db.Changed(tx.Exec(ctx, `update job set state = 'done', discarded = $1, ended_at = $2 where id = $3 and state = 'dead'`, why, tx.Now(), id))
}

var private = regexp.MustCompile(`"[^"]*"|'[^']*'|“[^”]*”|[^\s<>]+@[^\s<>]+|\d[\d -]{3,}\d`)

// Plain is the first line of what went wrong, without what could name a person:
// quoted text, addresses and long numbers are left out. The log has it whole.
func Plain(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if r := []rune(line); len(r) > 300 {
		line = string(r[:300])
	}
	return private.ReplaceAllString(line, "…")
}
