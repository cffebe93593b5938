package audit

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/fault"
	"parley/internal/infra/db"
)

// OpenedUnassigned is the action of opening a case that nobody assigned,
// which is always explained ("break-glass").
const OpenedUnassigned = "case.opened_unassigned"

// An Object is what something was done to.
type Object struct{ Kind, ID string }

// A Query says which entries are looked for. What is empty doesn't matter.
type Query struct {
	Actors   []string // ids; ByActors says that none of them is an answer too
	ByActors bool
	Objects  []Object // any of them; ByObjects likewise
	ByObject bool
	Action   string // begins so
	From, To time.Time
	Opened   bool   // only break-glass
	After    string // goes on behind this place
	Size     int
}

// Find returns entries, newest first, and the place of the last one if there
// are more.
func Find(ctx context.Context, tx *db.Tx, q Query) (all []Entry, next string, err error) {
	w := &where{}
	if err := w.read(q); err != nil {
		return nil, "", err
	}
	all, err = db.All(ctx, tx, scan, `select `+columns+` from audit where `+strings.Join(w.parts, " and ")+` order by at desc, id desc limit `+strconv.Itoa(q.Size+1), w.args...)
	if len(all) > q.Size {
		all = all[:q.Size]
		next = place(all[len(all)-1])
	}
	return all, next, err
}

func place(e Entry) string { return strconv.FormatInt(e.At.UnixMicro(), 10) + "." + e.ID }

type where struct {
	parts []string
	args  []any
}

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) in(values []string) string {
	list, args := db.In(len(w.args)+1, values)
	w.args = append(w.args, args...)
	return list
}

func (w *where) add(part string) { w.parts = append(w.parts, part) }

func (w *where) read(q Query) error {
	w.add("1 = 1")
	if q.ByActors {
		w.add("actor_id in " + w.in(q.Actors))
	}
	if q.ByObject {
		w.add(w.about(q.Objects))
	}
	if q.Opened {
		w.add("action = " + w.arg(OpenedUnassigned))
	}
	if q.Action != "" {
		w.add(`action like ` + w.arg(likely.Replace(q.Action)+"%") + ` escape '\'`)
	}
	if !q.From.IsZero() {
		w.add("at >= " + w.arg(q.From))
	}
	if !q.To.IsZero() {
		w.add("at < " + w.arg(q.To))
	}
	if q.After == "" {
		return nil
	}
	at, id, _ := strings.Cut(q.After, ".")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "We can't find that place in the list.")
	}
	w.add("(at, id) < (" + w.arg(time.UnixMicro(micros)) + ", " + w.arg(id) + ")")
	return nil
}

// likely takes their meaning from what like understands.
var likely = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// about is true for entries about any of the objects.
func (w *where) about(all []Object) string {
	byKind := map[string][]string{}
	var kinds []string
	for _, o := range all {
		if byKind[o.Kind] == nil {
			kinds = append(kinds, o.Kind)
		}
		byKind[o.Kind] = append(byKind[o.Kind], o.ID)
	}
	any := []string{"1 = 0"}
	for _, kind := range kinds {
		any = append(any, "kind = "+w.arg(kind)+" and object_id in "+w.in(byKind[kind]))
	}
	return "(" + strings.Join(any, " or ") + ")"
}
