package plan

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Cutover says since which day requests for a plan are made here: before it
// they are made on an older platform, whose orders can be read here. One for a
// line of business counts before one for all of the plan's.
type Cutover struct {
	PlanID  ID
	Line    string // "" for every line of business
	Day     civil.Date
	OldName string // of the older platform, as offices know it
	OldURL  string // where it is; "" where it can't be reached any more
}

// Early reports whether requests are still made on the older platform.
func (c Cutover) Early(today civil.Date) bool { return today.Before(c.Day) }

// Refusal says to who wants to make a request here too early what to do.
func (c Cutover) Refusal(whose string) words.Text {
	return words.Say("Until %s, requests for %s are made in %s. From %s on, they are made here.", civil.MediumDate(c.Day.AddDays(-1)), whose, c.OldName, civil.MediumDate(c.Day))
}

// CheckCutover says what is wrong with c: an Invalid fault at "plan", "day",
// "old_name" or "old_url".
func CheckCutover(c Cutover) error {
	f := fault.Fields{}
	f.Check(c.PlanID != "", "plan", "Choose the plan")
	f.Check(!c.Day.IsZero(), "day", "Enter the first day, like 2026-11-24")
	f.Check(c.OldName != "", "old_name", "Enter what offices call the older platform")
	f.Check(len([]rune(c.OldName)) <= 60, "old_name", "The name must be 60 characters or less")
	f.Check(c.OldURL == "" || safeLink(c.OldURL), "old_url", "The address must begin with https://")
	return f.Err()
}

func safeLink(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// SetCutover stores a cut-over in the place of an earlier one for the same plan
// and line. Who may: administrators and imports.
func SetCutover(ctx context.Context, tx *db.Tx, by account.Actor, c Cutover) error {
	if err := may(by); err != nil {
		return err
	}
	c.OldName, c.OldURL = strings.TrimSpace(c.OldName), strings.TrimSpace(c.OldURL)
	if err := CheckCutover(c); err != nil {
		return err
	}
	if c.Line != "" {
		if _, err := GetLine(ctx, tx, c.PlanID, c.Line); err != nil {
			return err
		}
	}
	n, err := tx.Exec(ctx, `
		insert into cutover (plan_id, line, from_day, old_name, old_url) values ($1, $2, $3, $4, $5)
		on conflict (plan_id, line) do update set from_day = excluded.from_day, old_name = excluded.old_name, old_url = excluded.old_url
		where (cutover.from_day, cutover.old_name, cutover.old_url) is distinct from (excluded.from_day, excluded.old_name, excluded.old_url)`,
		string(c.PlanID), c.Line, c.Day, c.OldName, c.OldURL)
	return record(ctx, tx, c.audit(by, "plan.cutover_set"), n, err)
}

// DropCutover takes a cut-over away: requests are made here, whatever the day.
func DropCutover(ctx context.Context, tx *db.Tx, by account.Actor, id ID, line string) error {
	if err := by.Must(account.ManageProgram); err != nil {
		return err
	}
	if err := db.Changed(tx.Exec(ctx, `delete from cutover where plan_id = $1 and line = $2`, string(id), line)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, Cutover{PlanID: id, Line: line}.audit(by, "plan.cutover_dropped"))
}

func (c Cutover) audit(by account.Actor, action string) audit.Entry {
	e := by.Audit(action, "plan", string(c.PlanID))
	e.Detail = strings.TrimSpace(c.Line + " " + c.Day.String() + " " + c.OldName)
	return e
}

// Cutovers are all of them, by day, then plan and line.
func Cutovers(ctx context.Context, tx *db.Tx) (all []Cutover, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, c := range p.cutovers {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Cutover) int {
		return strings.Compare(a.Day.String()+string(a.PlanID)+a.Line, b.Day.String()+string(b.PlanID)+b.Line)
	})
	return all, nil
}

// CutoverOf is the cut-over that counts for a line of business; ok is false
// where there is none.
func CutoverOf(ctx context.Context, tx *db.Tx, id ID, line string) (c Cutover, ok bool, err error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return c, false, err
	}
	if c, ok = p.cutovers[lineKey{id, line}]; !ok {
		c, ok = p.cutovers[lineKey{id, ""}]
	}
	return c, ok, nil
}

// MadeElsewhere is the cut-over that has requests for a line of business made
// on the older platform today; ok is false where they are made here.
func MadeElsewhere(ctx context.Context, tx *db.Tx, id ID, line string) (c Cutover, ok bool, err error) {
	c, there, err := CutoverOf(ctx, tx, id, line)
	if err != nil || !there {
		return c, false, err
	}
	p, err := Get(ctx, tx, id)
	return c, c.Early(civil.DateIn(tx.Now(), p.Zone())), err
}

func (p *policy) loadCutovers(ctx context.Context, tx *db.Tx) error {
	all, err := db.All(ctx, tx, func(r db.Row) (c Cutover, err error) {
		return c, r.Scan((*string)(&c.PlanID), &c.Line, &c.Day, &c.OldName, &c.OldURL)
	}, `select plan_id, line, from_day, old_name, old_url from cutover`)
	for _, c := range all {
		p.cutovers[lineKey{c.PlanID, c.Line}] = c
	}
	return err
}
