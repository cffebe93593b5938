package config

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// DelegationSubject is a plan's delegation matrix as a subject.
func DelegationSubject(id plan.ID) Subject { return Subject{"delegation", string(id)} }

const (
	allPrograms = "all"
	noEnd       = "no end"
)

// functionWords and doerWords are how the matrix is written.
var (
	functionWords = map[plan.Function]string{plan.Utilization: "decisions", plan.PeerToPeer: "calls", plan.Reconsideration: "reconsiderations", plan.Appeal: "appeals"}
	doerWords     = map[plan.Doer]string{plan.Us: "us", plan.ThePlan: "plan", plan.Nobody: "nobody"}
)

var delegationKind = kind{
	name: "delegation",
	fields: []Field{{Key: "lines", Label: "Who does what", Section: "Delegation", Input: Lines, Each: true, Optional: true, None: "The plan does everything",
		Hint: "One a line: type of plan, what (decisions, calls, reconsiderations, appeals), program or all, who (us, plan, nobody), first day, last day or no end. Like commercial, calls, all, us, 2026-01-01, no end"}},
	read: func(ctx context.Context, tx *db.Tx, id string) (Doc, error) {
		if _, err := plan.Get(ctx, tx, plan.ID(id)); err != nil {
			return nil, err
		}
		all, err := plan.Delegations(ctx, tx, plan.ID(id))
		if err != nil {
			return nil, err
		}
		programs, err := plan.Programs(ctx, tx)
		return delegationDoc(all, programs), err
	},
	check: func(ctx context.Context, tx *db.Tx, id string, d Doc) (Doc, error) {
		programs, err := plan.Programs(ctx, tx)
		if err != nil {
			return nil, err
		}
		all, err := matrix(ctx, tx, plan.ID(id), programs, d)
		return delegationDoc(all, programs), err
	},
	write: func(ctx context.Context, tx *db.Tx, by account.Actor, id string, d Doc) error {
		programs, err := plan.Programs(ctx, tx)
		if err != nil {
			return err
		}
		all, err := matrix(ctx, tx, plan.ID(id), programs, d)
		if err != nil {
			return err
		}
		return plan.SetDelegations(ctx, tx, by, plan.ID(id), all)
	},
	reads: func(Doc) []string { return nil },
}

func delegationDoc(all []plan.Delegation, programs []plan.Program) Doc {
	var lines []string
	for _, d := range all {
		program, last := allPrograms, noEnd
		if i := slices.IndexFunc(programs, func(p plan.Program) bool { return p.ID == d.ProgramID }); i >= 0 {
			program = programs[i].Code
		}
		if !d.To.IsZero() {
			last = d.To.String()
		}
		lines = append(lines, strings.Join([]string{d.Line, functionWords[d.Function], program, doerWords[d.By], d.From.String(), last}, ", "))
	}
	slices.Sort(lines)
	return Doc{"lines": strings.Join(lines, "\n")}
}

// matrix are the lines of a document. An Invalid fault is at "lines".
func matrix(ctx context.Context, tx *db.Tx, id plan.ID, programs []plan.Program, d Doc) (all []plan.Delegation, err error) {
	if _, err := plan.Get(ctx, tx, id); err != nil {
		return nil, err
	}
	types, err := plan.LinesOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	f := fault.Fields{}
	for i, line := range linesOf(d["lines"]) {
		one, wrong := delegationOf(line, types, programs)
		f.Check(wrong == "", "lines", words.Say("Line %s: %s", strconv.Itoa(i+1), wrong))
		one.PlanID = id
		f.Check(!slices.Contains(all, one), "lines", words.Say("Line %s: it stands there twice", strconv.Itoa(i+1)))
		all = append(all, one)
	}
	return all, f.Err()
}

// delegationOf reads a line, and says what is wrong with it.
func delegationOf(line string, types []plan.Line, programs []plan.Program) (d plan.Delegation, wrong string) {
	parts := strings.Split(line, ",")
	if len(parts) != 6 {
		return d, "write six things with commas between them"
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if d.Line = parts[0]; !slices.ContainsFunc(types, func(l plan.Line) bool { return l.Code == d.Line }) {
		return d, "the plan has no type " + d.Line
	}
	if d.Function = keyOf(functionWords, parts[1]); d.Function == "" {
		return d, "say decisions, calls, reconsiderations or appeals"
	}
	if parts[2] != allPrograms {
		i := slices.IndexFunc(programs, func(p plan.Program) bool { return p.Code == parts[2] })
		if i < 0 {
			return d, "there is no program " + parts[2]
		}
		d.ProgramID = programs[i].ID
	}
	if d.By = keyOf(doerWords, parts[3]); d.By == "" {
		return d, "say us, plan or nobody"
	}
	var err error
	if d.From, err = civil.ParseDate(parts[4]); err != nil {
		return d, "the first day must be like 2026-11-24"
	}
	if parts[5] == noEnd {
		return d, ""
	}
	if d.To, err = civil.ParseDate(parts[5]); err != nil {
		return d, "the last day must be like 2026-11-24, or no end"
	}
	if d.To.Before(d.From) {
		return d, "it ends before it starts"
	}
	return d, ""
}

func keyOf[K ~string](words map[K]string, word string) K {
	for k, w := range words {
		if w == word {
			return k
		}
	}
	return ""
}
