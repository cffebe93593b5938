package review

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/db"
)

// A Record is a case as it lay before whoever made a determination, and what
// they made of it. It is written with the determination and read years later,
// so its fields are named for it alone: what else changes changes no record.
type Record struct {
	Number   string        `json:"number"`
	Title    string        `json:"title"`
	Status   order.Status  `json:"status"` // before the determination
	Urgency  order.Urgency `json:"urgency"`
	Patient  string        `json:"patient"`
	Born     civil.Date    `json:"born,omitzero"`
	Member   string        `json:"member"` // number on the card
	Plan     string        `json:"plan"`
	Program  string        `json:"program"`
	Channel  string        `json:"channel"`
	Received time.Time     `json:"received"`
	Note     string        `json:"note,omitempty"`

	Services   []RecordedService   `json:"services"`
	Diagnoses  []RecordedDiagnosis `json:"diagnoses,omitempty"`
	Guidelines []RecordedGuideline `json:"guidelines,omitempty"`
	Files      []RecordedFile      `json:"files,omitempty"`
	Events     []RecordedEvent     `json:"events,omitempty"` // the newest first
	Clock      *RecordedClock      `json:"clock,omitempty"`
	Made       Determination       `json:"-"` // read from its own tables, which never change either
}

// A RecordedService is what was asked for.
type RecordedService struct {
	Line    int        `json:"line"`
	Code    string     `json:"code"`
	Wording string     `json:"wording"`
	Units   int        `json:"units"`
	From    civil.Date `json:"from,omitzero"`
	To      civil.Date `json:"to,omitzero"`
}

// A RecordedDiagnosis is why.
type RecordedDiagnosis struct {
	Code    string `json:"code"`
	Wording string `json:"wording"`
}

// A RecordedGuideline is what was asked by one, what was answered, how its
// criteria stood by that, and how reviewers marked them.
type RecordedGuideline struct {
	Name    string              `json:"name"` // with its version
	From    civil.Date          `json:"from"` // in effect
	Answers []RecordedAnswer    `json:"answers"`
	Lines   []RecordedCriterion `json:"criteria"`
}

// A RecordedAnswer is a question as it was put, and its answer; "" for none.
type RecordedAnswer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// A RecordedCriterion is one criterion, or several put together.
type RecordedCriterion struct {
	Sentence string              `json:"sentence"`
	How      string              `json:"how,omitempty"`
	Answered string              `json:"answered"` // "Met", "Not met" or "Need more"
	Mark     *RecordedMark       `json:"mark,omitempty"`
	Of       []RecordedCriterion `json:"of,omitempty"`
}

// A RecordedMark is a reviewer's, the last before the determination.
type RecordedMark struct {
	Says string    `json:"says"`
	File string    `json:"file,omitempty"` // its name
	Page int       `json:"page,omitempty"`
	Note string    `json:"note,omitempty"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// A RecordedFile is one that was there; its hash tells whether one that is
// shown is the same.
type RecordedFile struct {
	Name   string    `json:"name"`
	Kind   string    `json:"kind"`
	Pages  int       `json:"pages,omitempty"`
	SHA256 string    `json:"sha256"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// A RecordedEvent is a line of the timeline, internal notes among them.
type RecordedEvent struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Text     string    `json:"text"`
	Internal bool      `json:"internal,omitempty"`
}

// A RecordedClock is by when the determination was due, by which rule and how
// that came about.
type RecordedClock struct {
	Due      time.Time       `json:"due"`
	Rule     string          `json:"rule"`
	Citation string          `json:"citation,omitempty"`
	Pack     string          `json:"pack"` // id@version
	Steps    []RecordedEvent `json:"steps,omitempty"`
}

// keep writes what lies before by as they decide. o is the order as it is
// before the determination.
func keep(ctx context.Context, tx *db.Tx, o order.Order, made Determination) error {
	r, err := recordOf(ctx, tx, o)
	if err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into determination_record (determination_id, order_id, at, record) values ($1, $2, $3, $4)`, made.ID, string(o.ID), made.At, string(text))
	return err
}

func recordOf(ctx context.Context, tx *db.Tx, o order.Order) (Record, error) {
	r := Record{Number: o.Number, Title: o.Title, Status: o.Status, Urgency: o.Urgency, Patient: o.Patient.Name(), Born: o.Patient.Born, Member: o.MemberNumber,
		Channel: o.Channel, Received: o.ReceivedAt, Note: o.Note}
	for _, s := range o.Open() {
		r.Services = append(r.Services, RecordedService{s.Line, s.Code, s.Wording, s.Units, s.From, s.To})
	}
	for _, d := range o.Diagnoses {
		r.Diagnoses = append(r.Diagnoses, RecordedDiagnosis{d.Code, d.Wording})
	}
	p, err := plan.Get(ctx, tx, o.PlanID)
	if err != nil {
		return r, err
	}
	program, err := plan.GetProgram(ctx, tx, o.ProgramID)
	if err != nil {
		return r, err
	}
	r.Plan, r.Program = p.Name, program.Name
	files, err := attachment.Of(ctx, tx, string(o.ID))
	if err != nil {
		return r, err
	}
	for _, f := range files {
		r.Files = append(r.Files, RecordedFile{f.Name, f.Kind, f.Pages, f.SHA256, f.AddedName, f.AddedAt})
	}
	if err := r.addEvents(ctx, tx, o); err != nil {
		return r, err
	}
	return r, r.addCriteria(ctx, tx, o, files)
}

func (r *Record) addEvents(ctx context.Context, tx *db.Tx, o order.Order) error {
	events, err := order.Events(ctx, tx, account.Program(), o.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		r.Events = append(r.Events, RecordedEvent{e.At, e.ActorName, e.Text.String(), e.Internal})
	}
	k, err := deadline.Of(ctx, tx, string(o.ID))
	if fault.Is(err, fault.NotFound) || err == nil && k.Rule == nil {
		return nil
	}
	if err != nil {
		return err
	}
	c := &RecordedClock{Due: k.Due, Rule: k.Rule.Sentence.String(), Citation: k.Rule.Citation, Pack: k.Pack.ID + "@" + k.Pack.Version}
	for _, s := range k.Steps {
		text := s.Text.String()
		if !s.Day.IsZero() {
			text = civil.MediumDate(s.Day).String() + ": " + text
		}
		c.Steps = append(c.Steps, RecordedEvent{At: s.At, Text: text})
	}
	r.Clock = c
	return nil
}

func (r *Record) addCriteria(ctx context.Context, tx *db.Tx, o order.Order, files []attachment.File) error {
	all, err := request.Answers(ctx, tx, account.Program(), o)
	if err != nil || len(all) == 0 {
		return err
	}
	marks, err := Marks(ctx, tx, o.ID, tx.Now())
	if err != nil {
		return err
	}
	for _, q := range all {
		g := RecordedGuideline{Name: q.Guideline.Name(), From: q.Guideline.From, Answers: answersOf(q)}
		g.Lines = criteriaOf(q.Meter().Lines, func(id guideline.ID) *RecordedMark {
			m, ok := marks[g.Name+"/"+string(id)]
			if !ok {
				return nil
			}
			kept := &RecordedMark{Says: m.Says, Page: m.Page, Note: m.Note, By: m.Name, At: m.At}
			if i := slices.IndexFunc(files, func(f attachment.File) bool { return f.ID == m.FileID }); i >= 0 {
				kept.File = files[i].Name
			}
			return kept
		})
		r.Guidelines = append(r.Guidelines, g)
	}
	return nil
}

func answersOf(q request.Questions) (all []RecordedAnswer) {
	for _, page := range q.Form().Pages {
		for _, f := range page.Items {
			if f.Control != guideline.Note {
				all = append(all, RecordedAnswer{f.Label, f.Echo})
			}
		}
	}
	return all
}

func criteriaOf(lines []guideline.MeterLine, mark func(guideline.ID) *RecordedMark) (all []RecordedCriterion) {
	for _, l := range lines {
		c := RecordedCriterion{Sentence: l.Sentence, How: l.How.String(), Answered: l.Word.String(), Of: criteriaOf(l.Of, mark)}
		if len(l.Of) == 0 {
			c.Mark = mark(l.Criterion)
		}
		all = append(all, c)
	}
	return all
}

// Replay returns what lay before whoever made each determination of an order,
// the first first; none for those made before records were kept. The read is
// audited. Who may: supervisors and auditors; to others the order isn't there.
func Replay(ctx context.Context, tx *db.Tx, by account.Actor, number string) (order.Order, []Record, error) {
	if !by.Can(account.Supervise) && !by.Can(account.ReadAudit) {
		return order.Order{}, nil, fault.New(fault.NotFound, "We can't find that order.")
	}
	o, err := order.Get(ctx, tx, by, number)
	if err != nil {
		return o, nil, err
	}
	all, err := records(ctx, tx, `r.order_id = $1`, string(o.ID))
	if err != nil {
		return o, nil, err
	}
	e := by.Audit("case.replayed", "order", string(o.ID))
	e.MemberID = o.MemberID
	return o, all, audit.Record(ctx, tx, e)
}

// records are in the order in which they were made.
func records(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Record, error) {
	all, err := db.All(ctx, tx, scanRecord, `select `+determinationColumns+`, r.record
		from determination_record r join determination d on d.id = r.determination_id where `+where+` order by d.n, d.id`, args...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Made.Lines, err = linesOf(ctx, tx, all[i].Made.ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func scanRecord(row db.Row) (r Record, err error) {
	var text string
	err = row.Scan(append(r.Made.places(), &text)...)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal([]byte(text), &r)
}
