package guideline

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/member"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A ResponseID identifies what was answered for a request by one guideline.
type ResponseID string

// A Response is what an office answered, by one version of a guideline.
type Response struct {
	ID             ResponseID
	RequestID      string // of the draft or order; one response for each guideline
	PublishedID    PublishedID
	OrganizationID string
	MemberID       member.ID
	PlanID         plan.ID
	ProgramID      plan.ProgramID

	Answers   Answers
	Done      bool // the office said so; then nothing changes any more
	Version   int  // for compare-and-swap, from 1
	StartedAt time.Time
	ChangedAt time.Time
	ChangedBy account.PersonID
	Changer   string // their name
}

// Start begins a response, with what can be known before anybody answers.
// Who may: people of the organization who answer clinical questions, and
// staff of the plan and program on their behalf. r.Answers are what is brought
// along, such as from the office's record. A second one for the same request
// and guideline is a Conflict.
func Start(ctx context.Context, tx *db.Tx, by account.Actor, r Response, p Published, f Facts) (Response, error) {
	if err := r.guard(by, account.AnswerClinical); err != nil {
		return r, err
	}
	if err := p.fits(r.Answers); err != nil {
		return r, err
	}
	r.ID, r.PublishedID, r.Version, r.Done = ResponseID(db.NewID("rsp")), p.PublishedID, 1, false
	given := r.Answers
	r.Answers = nil
	r.stamp(by, tx.Now(), given)
	r.Answers = p.Prefill(f, r.Answers)
	r.StartedAt, r.ChangedAt, r.ChangedBy, r.Changer = tx.Now(), tx.Now(), by.ID, by.Name
	if err := insertResponse(ctx, tx, r, p); err != nil {
		return r, err
	}
	return r, r.record(ctx, tx, by, "answers.started", p.ID+" "+p.Version.Version)
}

// guard lets through who may do something with the response. Whoever may not
// see it is told that it isn't there.
func (r Response) guard(by account.Actor, p account.Permission) error {
	ours := by.IsProgram() || by.ActsFor(r.OrganizationID) || by.Covers(string(r.PlanID), string(r.ProgramID))
	if !ours {
		return fault.New(fault.NotFound, "We can't find that.")
	}
	if by.IsProgram() {
		return nil
	}
	return by.Must(p)
}

func (r Response) record(ctx context.Context, tx *db.Tx, by account.Actor, action, detail string) error {
	e := by.Audit(action, "guideline_response", string(r.ID))
	e.MemberID, e.Detail = string(r.MemberID), detail
	return record(ctx, tx, e)
}

func record(ctx context.Context, tx *db.Tx, e audit.Entry) error { return audit.Record(ctx, tx, e) }

// Open returns a response with the version it was asked by, or a NotFound
// fault. Reading it leaves an audit row. Who may: people of the organization
// and staff of the plan and program, if they read clinical files or answer.
func Open(ctx context.Context, tx *db.Tx, by account.Actor, id ResponseID) (Response, Published, error) {
	r, p, err := load(ctx, tx, id)
	if err != nil {
		return r, p, err
	}
	need := account.ReadClinical
	if by.Can(account.AnswerClinical) {
		need = account.AnswerClinical
	}
	if err := r.guard(by, need); err != nil {
		return Response{}, Published{}, err
	}
	return r, p, r.record(ctx, tx, by, "answers.read", "")
}

// load reads a response without asking who wants it.
func load(ctx context.Context, tx *db.Tx, id ResponseID) (Response, Published, error) {
	r, text, err := getResponse(ctx, tx, id)
	if err != nil {
		return r, Published{}, err
	}
	p, err := Get(ctx, tx, r.PublishedID)
	if err != nil {
		return r, p, err
	}
	r.Answers, err = p.ReadResponse([]byte(text))
	return r, p, err
}

// OfRequest returns the ids of a request's responses, the first started
// first. Opening one asks who may see it.
func OfRequest(ctx context.Context, tx *db.Tx, requestID string) ([]ResponseID, error) {
	return ofRequest(ctx, tx, requestID)
}

// SaveAnswers keeps answers over those that the reader saw at r.Version. If
// someone else changed them since, it is a Conflict that says who changed
// which; nothing is overwritten. Who gave a changed answer, and when, is set
// here and not taken from the caller. The Response that it returns is as
// stored, with what can be prefilled now.
func SaveAnswers(ctx context.Context, tx *db.Tx, by account.Actor, r Response, f Facts, a Answers) (Response, error) {
	if err := r.guard(by, account.AnswerClinical); err != nil {
		return r, err
	}
	stored, p, err := load(ctx, tx, r.ID)
	if err != nil {
		return r, err
	}
	if err := stored.guard(by, account.AnswerClinical); err != nil {
		return r, err
	}
	if err := stored.current(ctx, tx, p, r.Version); err != nil {
		return r, err
	}
	if err := p.fits(a); err != nil {
		return r, err
	}
	changed := stored.stamp(by, tx.Now(), a)
	if len(changed) == 0 {
		return stored, nil
	}
	stored.Answers = p.Prefill(f, stored.Answers)
	return stored.store(ctx, tx, by, p, changed)
}

// current reports a Conflict unless the response is as the reader saw it.
func (r Response) current(ctx context.Context, tx *db.Tx, p Published, seen int) error {
	switch {
	case r.Done:
		return fault.New(fault.Conflict, "These answers were sent and can't be changed any more.")
	case r.Version == seen:
		return nil
	}
	changes, err := Edits(ctx, tx, r.ID, seen)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "%s", conflict(p.Version, changes))
}

// conflict says who changed which answers: "Jess Ng changed “How long …?”
// while you were looking." What was answered is not said.
func conflict(v *Version, changes []Edit) words.Text {
	byWhom := map[string][]words.Text{}
	var names []string
	for _, c := range changes {
		question := words.AsIs(c.LinkID)
		if i := v.index.items[c.LinkID]; i != nil {
			question = words.Written("“" + i.Text + "”")
		}
		if !slices.Contains(byWhom[c.Name], question) {
			byWhom[c.Name] = append(byWhom[c.Name], question)
		}
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	var said []words.Text
	for _, name := range names {
		said = append(said, words.Say("%s changed %s", name, whatChanged(byWhom[name])))
	}
	if len(said) == 0 {
		return "Someone else changed these answers while you were looking."
	}
	return words.Say("%s while you were looking.", words.Join(said, "; "))
}

func whatChanged(questions []words.Text) words.Text {
	switch n := len(questions); n {
	case 1:
		return questions[0]
	case 2:
		return words.Say("%s and %s", questions[0], questions[1])
	default:
		return words.Say("%s answers", itoa(n))
	}
}

// fits refuses answers that the questionnaire has no place for.
func (v *Version) fits(a Answers) error {
	f := fault.Fields{}
	for id, answer := range a {
		i := v.index.items[id]
		if i == nil || !i.Type.asks() {
			return fault.New(fault.Invalid, "The questions have changed. Look at them again.")
		}
		wrong := i.acceptsMany(answer.Values)
		if answer.NotDocumented && (!i.NotDocumented || answer.given()) {
			wrong = i.wants()
		}
		f.Check(wrong == "", FieldName(id), wrong)
	}
	return f.Err()
}

// stamp takes answers over into the response and returns the link ids of
// those that changed, sorted. An answer that is no longer there was emptied.
func (r *Response) stamp(by account.Actor, now time.Time, a Answers) (changed []string) {
	next := Answers{}
	for id, answer := range a {
		old, there := r.Answers[id]
		if there && old.same(answer) {
			next[id] = old
			continue
		}
		answer.By, answer.At = by.ID, now
		if !slices.Contains([]Origin{Manual, AutoClient, AutoServer, Override}, answer.Origin) {
			answer.Origin = Manual
		}
		next[id] = answer
		changed = append(changed, id)
	}
	for id := range r.Answers {
		if _, there := a[id]; !there {
			changed = append(changed, id)
		}
	}
	r.Answers = next
	slices.Sort(changed)
	return changed
}

func (r Response) store(ctx context.Context, tx *db.Tx, by account.Actor, p Published, changed []string) (Response, error) {
	r.Version++
	r.ChangedAt, r.ChangedBy, r.Changer = tx.Now(), by.ID, by.Name
	if err := updateResponse(ctx, tx, r, p); err != nil {
		return r, err
	}
	for _, id := range changed {
		if err := insertEdit(ctx, tx, r, id); err != nil {
			return r, err
		}
	}
	return r, r.record(ctx, tx, by, "answers.saved", strings.Join(changed, " "))
}

// Change has a response be asked by another version or guideline, since the
// questions or the procedure changed, and says what became of the answers.
// It is a compare-and-swap like SaveAnswers. The plan and program are r's from
// then on.
func Change(ctx context.Context, tx *db.Tx, by account.Actor, r Response, to Published, f Facts) (Response, Carried, error) {
	stored, from, err := load(ctx, tx, r.ID)
	if err != nil {
		return r, Carried{}, err
	}
	if err := stored.guard(by, account.AnswerClinical); err != nil {
		return r, Carried{}, err
	}
	if err := stored.current(ctx, tx, from, r.Version); err != nil {
		return r, Carried{}, err
	}
	kept, c := Carry(from.Version, to.Version, f, stored.Answers)
	var changed []string
	for _, id := range slices.Sorted(maps.Keys(stored.Answers)) {
		if _, there := kept[id]; !there {
			changed = append(changed, id)
		}
	}
	stored.PublishedID, stored.Answers = to.PublishedID, to.Prefill(f, kept)
	stored.PlanID, stored.ProgramID = r.PlanID, r.ProgramID
	stored, err = stored.store(ctx, tx, by, to, changed)
	return stored, c, err
}

// Discard forgets what was answered, since it was about somebody else. What
// was sent stays: that is a Conflict.
func Discard(ctx context.Context, tx *db.Tx, by account.Actor, r Response) error {
	stored, p, err := load(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if err := stored.guard(by, account.AnswerClinical); err != nil {
		return err
	}
	if err := stored.current(ctx, tx, p, stored.Version); err != nil {
		return err
	}
	if err := deleteResponse(ctx, tx, r.ID); err != nil {
		return err
	}
	return stored.record(ctx, tx, by, "answers.discarded", "")
}

// Finish says that the office has answered all it will. What must be answered
// and isn't is an Invalid fault with the form fields. Answers to questions that
// are no longer asked are left out from then on. Nothing calls it by
// itself: a person says that answers are complete (DTR).
func Finish(ctx context.Context, tx *db.Tx, by account.Actor, r Response, f Facts) (Response, error) {
	stored, p, err := load(ctx, tx, r.ID)
	if err != nil {
		return r, err
	}
	if err := stored.guard(by, account.AnswerClinical); err != nil {
		return r, err
	}
	if err := stored.current(ctx, tx, p, r.Version); err != nil {
		return r, err
	}
	if err := p.complete(f, stored.Answers); err != nil {
		return r, err
	}
	stored.Done, stored.Answers = true, p.Live(f, stored.Answers)
	return stored.store(ctx, tx, by, p, nil)
}

// complete wants an answer to every question that must have one.
func (v *Version) complete(f Facts, a Answers) error {
	faults := fault.Fields{}
	st := v.state(f, a)
	for _, i := range v.shown("", st) {
		_, answered := st.answers[i.LinkID]
		faults.Check(answered || !i.Required, FieldName(i.LinkID), i.wants())
	}
	return faults.Err()
}

// Weigh evaluates a response against its guideline. Since that reads a
// member's answers it leaves an audit row, which says what came of it and
// not what was answered.
func Weigh(ctx context.Context, tx *db.Tx, by account.Actor, id ResponseID, f Facts) (Result, error) {
	r, p, err := load(ctx, tx, id)
	if err != nil {
		return Result{}, err
	}
	if err := r.guard(by, account.AnswerClinical); err != nil {
		if guard := r.guard(by, account.ReadClinical); guard != nil {
			return Result{}, err
		}
	}
	result := p.Evaluate(f, r.Answers)
	came := "needs a person"
	if _, ok := result.Outcome.CanBeApproved(); ok {
		came = "can be approved"
	}
	return result, r.record(ctx, tx, by, "answers.weighed", p.ID+" "+p.Version.Version+": "+came)
}
