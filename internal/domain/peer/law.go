package peer

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Rule is what the law of a state asks of a call, as data with its source:
// a reviewer of at least some tier, or a statement of the office before the
// call. It goes by the state of the office, whose order is discussed. The
// engine knows no state by name.
type Rule struct {
	ID        string // made when it is stored
	State     string // two letters
	Line      string // of business; "" for all
	Code      string // of the statement, such as "tx_match"; short, stored with it
	From      civil.Date
	To        civil.Date // the last day; zero for no end
	NeedsTier int        // 1 to 3: reviewers of a later tier take the call only if the office states so; 0 asks for no match
	Citation  string
	Sentence  string // what the page says
	Statement string // the words beside the check box; "" if there is nothing to check
	Off       bool   // it asks nothing, whatever its days
}

const ruleColumns = `id, state, line, code, from_day, to_day, needs_tier, citation, sentence, statement, off`

func scanRule(row db.Row) (r Rule, err error) {
	return r, row.Scan(&r.ID, &r.State, &r.Line, &r.Code, &r.From, &r.To, &r.NeedsTier, &r.Citation, &r.Sentence, &r.Statement, &r.Off)
}

// SaveRule stores a rule as a file says it; one of the same state, line, code
// and first day becomes what r says. Who may: administrators and imports.
func SaveRule(ctx context.Context, tx *db.Tx, by account.Actor, r Rule) error {
	had, err := RuleOf(ctx, tx, r)
	if err != nil {
		return err
	}
	if r.ID = had.ID; r.ID == "" {
		r.ID = db.NewID("mrl")
	}
	return SetRule(ctx, tx, by, r)
}

// SetRule stores a rule by its ID. Invalid faults are at "state", "code",
// "from", "to", "needs_tier", "citation", "sentence" and "statement". Who may:
// administrators and imports.
func SetRule(ctx context.Context, tx *db.Tx, by account.Actor, r Rule) error {
	if err := by.Must(account.ManageProgram); err != nil && !by.Can(account.ImportData) {
		return err
	}
	if err := CheckRule(ctx, tx, r); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `
		insert into match_rule (`+ruleColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		on conflict (id) do update set from_day = excluded.from_day, to_day = excluded.to_day, needs_tier = excluded.needs_tier,
			citation = excluded.citation, sentence = excluded.sentence, statement = excluded.statement, off = excluded.off
		where (match_rule.from_day, match_rule.to_day, match_rule.needs_tier, match_rule.citation, match_rule.sentence, match_rule.statement, match_rule.off)
			is distinct from (excluded.from_day, excluded.to_day, excluded.needs_tier, excluded.citation, excluded.sentence, excluded.statement, excluded.off)`,
		r.ID, r.State, r.Line, r.Code, r.From, r.To, r.NeedsTier, r.Citation, r.Sentence, r.Statement, r.Off)
	if err != nil || n == 0 {
		return err
	}
	e := by.Audit("match_rule.saved", "match_rule", r.State+" "+r.Code)
	e.Detail = r.Citation
	return auditRecord(ctx, tx, e)
}

// CheckRule says at the fields what keeps a rule from being stored: what it
// lacks, or another that begins on the same day.
func CheckRule(ctx context.Context, tx *db.Tx, r Rule) error {
	f := fault.Fields{}
	f.Check(len(r.State) == 2, "state", "Enter the state's two letters")
	f.Check(r.Code != "" && len(r.Code) <= 40, "code", "Enter a short code")
	f.Check(!r.From.IsZero(), "from", "Enter the first day")
	f.Check(r.To.IsZero() || !r.To.Before(r.From), "to", "The last day must not be before the first")
	f.Check(r.NeedsTier >= 0 && r.NeedsTier <= 3, "needs_tier", "The match must be 1, 2 or 3, or 0 for none")
	f.Check(r.Citation != "", "citation", "Enter where the rule stands")
	f.Check(r.Sentence != "", "sentence", "Enter the sentence that people read")
	f.Check(r.NeedsTier > 0 || r.Statement != "", "statement", "Enter the words beside the check box")
	same, err := RuleOf(ctx, tx, r)
	f.Check(same.ID == "" || same.ID == r.ID, "from", "There is a rule of this state, type of plan and code from this day on already")
	if err != nil {
		return err
	}
	return f.Err()
}

// GetRule returns a rule by its ID, or a NotFound fault.
func GetRule(ctx context.Context, tx *db.Tx, id string) (Rule, error) {
	return db.One(ctx, tx, scanRule, `select `+ruleColumns+` from match_rule where id = $1`, id)
}

// RuleOf is the rule of r's state, line, code and first day; a zero one where
// there is none.
func RuleOf(ctx context.Context, tx *db.Tx, r Rule) (Rule, error) {
	had, err := db.One(ctx, tx, scanRule, `select `+ruleColumns+` from match_rule where state = $1 and line = $2 and code = $3 and from_day = $4`, r.State, r.Line, r.Code, r.From)
	if fault.Is(err, fault.NotFound) {
		return Rule{}, nil
	}
	return had, err
}

// Rules returns every rule, by state, line of business, code and first day.
// They name no one.
func Rules(ctx context.Context, tx *db.Tx) ([]Rule, error) {
	return db.All(ctx, tx, scanRule, `select `+ruleColumns+` from match_rule order by state, line, code, from_day`)
}

// rulesFor returns the rules that hold for a state and line of business on a
// day. Of two with one code the one for the line stands, then the later.
func rulesFor(ctx context.Context, tx *db.Tx, state, line string, day civil.Date) ([]Rule, error) {
	all, err := db.Remember(ctx, tx, "law", "rules", func() ([]Rule, error) {
		return db.All(ctx, tx, scanRule, `select `+ruleColumns+` from match_rule order by code, line desc, from_day desc`)
	})
	var stand []Rule
	for _, r := range all {
		holds := r.State == state && r.Holds(line, day)
		if n := len(stand); holds && (n == 0 || stand[n-1].Code != r.Code) {
			stand = append(stand, r)
		}
	}
	return stand, err
}

// Holds reports whether the rule holds for a line of business on a day.
func (r Rule) Holds(line string, day civil.Date) bool {
	return !r.Off && (r.Line == "" || r.Line == line) && !r.From.After(day) && (r.To.IsZero() || !r.To.Before(day))
}

// strictest is the rule that asks for the best match, nil if none asks for
// one.
func strictest(rules []Rule) *Rule {
	var best *Rule
	for i, r := range rules {
		if r.NeedsTier > 0 && (best == nil || r.NeedsTier < best.NeedsTier) {
			best = &rules[i]
		}
	}
	return best
}
