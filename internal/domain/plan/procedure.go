package plan

import (
	"context"
	"slices"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Procedure is a service that a program looks after: its code with our own
// wording, and whether authorization is needed before it. Of several lines
// that hold for a code on a day the one that says most counts: one of a plan's
// line of business before one of the plan, and that before one for all plans.
type Procedure struct {
	ProgramID ProgramID
	PlanID    ID     // "" for every plan
	Line      string // of business; "" for every one
	System    string // "CPT" or "HCPCS"
	Code      string
	From, To  civil.Date // zero To: no end; the last day on which it holds
	Needed    bool       // authorization is
	Wording   string     // plain and our own; never a licensed descriptor
	Also      string     // other words people look for it by
	Sides     bool       // left, right or both must be said
	MostUnits int        // that one request can ask for. Zero is saved as 1
	Unit      string     // "visits", "months"; "" where there is one
}

const procedureColumns = `program_id, plan_id, line, system, code, from_day, to_day, needed, wording, also, sides, most_units, unit`

func scanProcedure(r db.Row) (p Procedure, err error) {
	return p, r.Scan((*string)(&p.ProgramID), (*string)(&p.PlanID), &p.Line, &p.System, &p.Code, &p.From, &p.To, &p.Needed, &p.Wording, &p.Also, &p.Sides, &p.MostUnits, &p.Unit)
}

// SaveProcedure stores a line of the list of procedures.
func SaveProcedure(ctx context.Context, tx *db.Tx, by account.Actor, p Procedure) error {
	if err := may(by); err != nil {
		return err
	}
	p.Code, p.MostUnits = strings.ToUpper(strings.TrimSpace(p.Code)), max(1, p.MostUnits)
	f := fault.Fields{}
	f.Check(len(p.Code) == 5, "code", "A procedure code has 5 characters")
	f.Check(p.System == "CPT" || p.System == "HCPCS", "system", "Choose CPT or HCPCS")
	f.Check(p.Wording != "", "wording", "Enter a name in plain words")
	f.Check(p.MostUnits <= 999, "most_units", "Most units must be 1 to 999")
	f.Check(p.Line == "" || p.PlanID != "", "plan", "A line of business needs its plan")
	f.Check(p.To.IsZero() || !p.To.Before(p.From), "to", "The last day must not be before the first")
	if err := f.Err(); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		insert into procedure (`+procedureColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		on conflict (code, program_id, plan_id, line, from_day) do update set system = excluded.system, to_day = excluded.to_day, needed = excluded.needed,
			wording = excluded.wording, also = excluded.also, sides = excluded.sides, most_units = excluded.most_units, unit = excluded.unit
		where (procedure.system, procedure.to_day, procedure.needed, procedure.wording, procedure.also, procedure.sides, procedure.most_units, procedure.unit)
			is distinct from (excluded.system, excluded.to_day, excluded.needed, excluded.wording, excluded.also, excluded.sides, excluded.most_units, excluded.unit)`,
		string(p.ProgramID), string(p.PlanID), p.Line, p.System, p.Code, p.From, p.To, p.Needed, p.Wording, p.Also, p.Sides, p.MostUnits, p.Unit)
	e := by.Audit("plan.procedure_saved", "program", string(p.ProgramID))
	e.Detail = strings.TrimSpace(p.Code + " " + p.Line)
	return record(ctx, tx, e, n, err)
}

// Procedures returns what the programs look after for a line of business of a
// plan on a day, by code: of each code and program the line that counts.
// Everyone may read the list; it names no one.
func Procedures(ctx context.Context, tx *db.Tx, id ID, line string, day civil.Date) ([]Procedure, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	var all []Procedure
	for _, one := range p.procedures { // by code and program, what says most first
		n := len(all)
		if one.holds(id, line, day) && (n == 0 || all[n-1].Code != one.Code || all[n-1].ProgramID != one.ProgramID) {
			all = append(all, one)
		}
	}
	return all, nil
}

// ProcedureLines returns every line of the list, also those that don't hold any
// more, by code.
func ProcedureLines(ctx context.Context, tx *db.Tx) ([]Procedure, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(p.procedures), nil
}

// FindProcedures returns those of Procedures that text could mean, the best
// first, at most n: text is the beginning of a code, or words of which each
// begins one of the procedure's.
func FindProcedures(ctx context.Context, tx *db.Tx, id ID, line string, day civil.Date, text string, n int) ([]Procedure, error) {
	all, err := Procedures(ctx, tx, id, line, day)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(strings.ToLower(text))
	all = slices.DeleteFunc(all, func(p Procedure) bool { return !p.meant(words) })
	return all[:min(n, len(all))], nil
}

// meant reports whether each of the words begins the code or one of p's words.
func (p Procedure) meant(words []string) bool {
	known := strings.FieldsFunc(strings.ToLower(p.Code+" "+p.Wording+" "+p.Also), func(r rune) bool { return strings.ContainsRune(" ,;()/", r) })
	for _, w := range words {
		w = strings.Trim(w, ",;()")
		if !slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, w) }) {
			return false
		}
	}
	return len(words) > 0
}

// ProceduresOf returns the lines that count for one code, by program; none
// where no program looks after it.
func ProceduresOf(ctx context.Context, tx *db.Tx, id ID, line string, day civil.Date, code string) ([]Procedure, error) {
	all, err := Procedures(ctx, tx, id, line, day)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(p Procedure) bool { return p.Code != code }), nil
}

func (p Procedure) holds(id ID, line string, day civil.Date) bool {
	return (p.PlanID == "" || p.PlanID == id) && (p.Line == "" || p.Line == line) && !day.Before(p.From) && (p.To.IsZero() || !day.After(p.To))
}

func (p *policy) loadProcedures(ctx context.Context, tx *db.Tx) (err error) {
	p.procedures, err = db.All(ctx, tx, scanProcedure, `select `+procedureColumns+` from procedure
		order by code, program_id, plan_id desc, line desc, from_day desc`)
	return err
}
