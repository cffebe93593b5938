package office

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/fault"
)

// pasCodes is where the codes of requests for information come from, as Da
// Vinci Prior Authorization Support 2.1 has them in its profile PASTask.
const pasCodes = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"

// A talk is a thread as one of the office's systems reads it.
type talk struct {
	message.Thread
	order   order.Order
	plan    string // name of who asks
	entries []message.Entry
	files   []attachment.Upload
	loc     *time.Location
}

// talk reads the thread with a number; one that the key's person may not see is
// NotFound. The read is audited as theirs.
func (r *request) talk(ctx context.Context, number string) (t talk, err error) {
	if t.Thread, t.order, err = message.Get(ctx, r.tx, r.by, number); err != nil {
		return t, err
	}
	if err := order.ForSystem(ctx, r.tx, r.by, t.order); err != nil {
		return t, err
	}
	zone := r.by.Zone
	if t.PlanID != "" {
		p, err := plan.Get(ctx, r.tx, t.PlanID)
		if err != nil {
			return t, err
		}
		t.plan, zone = p.Name, cmp.Or(zone, p.TimeZone)
	}
	if t.loc, err = civil.Zone(cmp.Or(zone, civil.DefaultZone)); err != nil {
		return t, err
	}
	if t.entries, err = message.Entries(ctx, r.tx, r.by, t.Thread); err != nil || t.Kind != message.Request {
		return t, err
	}
	t.files, err = message.Files(ctx, r.tx, t.Thread)
	return t, err
}

// asked is a talk in which something is asked of the office.
func (r *request) asked(ctx context.Context, number string) (talk, error) {
	t, err := r.talk(ctx, number)
	if err == nil && t.Kind != message.Request {
		err = fault.New(fault.NotFound, "Nothing is asked for there.")
	}
	return t, err
}

func readTask(ctx context.Context, r *request) (answer, error) {
	t, err := r.asked(ctx, r.PathValue("thread"))
	if err != nil {
		return answer{}, err
	}
	return answer{200, r.task(t)}, nil
}

// task is a request for information with what was sent to it.
func (r *request) task(t talk) Task {
	task := r.brief(t.Thread, t.order.Number, t.loc)
	task.Meta = nil
	task.For = &Reference{Identifier: &Identifier{Value: t.order.MemberNumber}}
	task.Requester, task.Owner = &Reference{Display: t.plan}, &Reference{Display: r.by.Seat().Organization}
	task.Input = []Input{{Type: concept(pasCodes, "payer-url"), ValueURL: r.base}}
	for _, i := range t.Items {
		// What is asked for is about the order as a whole: its first line stands for it.
		task.Input = append(task.Input, Input{Type: concept(pasCodes, "attachments-needed"), ValueConcept: &Concept{Text: i.Ask},
			Extension: []Extension{{URL: "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-paLineNumber", ValueInteger: 1}}})
	}
	for _, e := range t.entries {
		if e.Kind == "answered" {
			task.Output = append(task.Output, Output{Type: Concept{Text: "Answer"}, ValueReference: Reference{Reference: "Communication/" + communicationID(t.Number, e.N)}})
		}
	}
	return task
}

// brief is a Task without what is asked for and of whom: a list's line.
func (r *request) brief(t message.Thread, orderNumber string, loc *time.Location) Task {
	about := Reference{Identifier: &Identifier{System: r.base + "/identifier/order", Value: orderNumber}, Type: "Claim"}
	task := Task{
		ResourceType: "Task", ID: t.Number, Meta: &Meta{Tag: []Coding{{System: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", Code: "SUBSETTED"}}},
		Identifier: []Identifier{{System: r.base + "/identifier/message", Value: t.Number}}, BasedOn: r.basedOn(orderNumber),
		Status: taskStatus(t), Intent: "order", Code: concept(pasCodes, "attachment-request-code"), ReasonCode: &Concept{Text: "priorAuthorization"}, ReasonReference: &about,
		Focus: &Reference{Reference: "CommunicationRequest/" + t.Number}, AuthoredOn: instantOf(t.SentAt, loc), LastModified: instant(t.LastAt, loc),
	}
	if t.ReplyBy != nil {
		task.Restriction = &Restriction{Period: Period{End: instant(*t.ReplyBy, loc)}}
	}
	if t.ExpiredAt != nil && t.AnsweredAt == nil {
		task.StatusReason = &Concept{Text: "The time to reply is over. An answer is still taken until the message is closed."}
	}
	return task
}

// taskStatus is where a request for information stands, in the codes that HRex
// allows.
func taskStatus(t message.Thread) string {
	switch {
	case t.AnsweredAt != nil && t.Turn == message.Office && t.Status == message.Open:
		return "in-progress"
	case t.AnsweredAt != nil:
		return "completed"
	case t.Turn == message.Office && t.Status == message.Open:
		return "requested"
	case t.ExpiredAt != nil:
		return "failed"
	}
	return "cancelled"
}

// findTasks lists what is asked of the key's office, without members: those
// that need a reply, or all, or those about an order.
func findTasks(ctx context.Context, r *request) (answer, error) {
	q := r.URL.Query()
	if err := only(q, "status", "identifier", "_cursor"); err != nil {
		return answer{}, err
	}
	loc, err := civil.Zone(cmp.Or(r.by.Zone, civil.DefaultZone))
	if err != nil {
		return answer{}, err
	}
	if number := q.Get("identifier"); number != "" {
		return r.tasksOf(ctx, lastPart(number, "|"), q.Get("status"), loc)
	}
	view := message.All
	if q.Get("status") == "requested" {
		view = message.NeedsReply
	}
	page, err := message.List(ctx, r.tx, r.by, message.Query{View: view, Before: q.Get("_cursor")})
	if err != nil {
		return answer{}, err
	}
	ids := make([]order.ID, len(page.Threads))
	for i, l := range page.Threads {
		ids[i] = l.OrderID
	}
	shut, err := order.ShutToSystems(ctx, r.tx, r.by, ids)
	if err != nil {
		return answer{}, err
	}
	var found []Entry
	for _, l := range page.Threads {
		if shut[l.OrderID] {
			continue
		}
		if task := r.brief(l.Thread, l.OrderNumber, loc); l.Kind == message.Request && (q.Get("status") == "" || task.Status == q.Get("status")) {
			found = append(found, r.entry("Task/"+task.ID, task))
		}
	}
	return r.pageOf(found, page.Older), nil
}

// tasksOf are the requests about one order.
func (r *request) tasksOf(ctx context.Context, number, status string, loc *time.Location) (answer, error) {
	o, err := order.Get(ctx, r.tx, r.by, number)
	if fault.Is(err, fault.NotFound) {
		return r.searchset(nil), nil
	}
	if err != nil {
		return answer{}, err
	}
	if err := order.ForSystem(ctx, r.tx, r.by, o); err != nil {
		return answer{}, err
	}
	all, err := message.AboutOrder(ctx, r.tx, r.by, o.ID)
	if err != nil {
		return answer{}, err
	}
	var found []Entry
	for _, t := range all {
		if task := r.brief(t, o.Number, loc); t.Kind == message.Request && (status == "" || task.Status == status) {
			found = append(found, r.entry("Task/"+task.ID, task))
		}
	}
	return r.searchset(found), nil
}

// pageOf is a searchset that goes on at next. How many there are in all is not
// counted.
func (r *request) pageOf(entries []Entry, next string) answer {
	a := r.searchset(entries)
	b := a.resource.(Bundle)
	if next != "" {
		q := r.URL.Query()
		q.Set("_cursor", next)
		b.Total, b.Link = nil, append(b.Link, Link{"next", r.base + r.URL.Path[len("/fhir"):] + "?" + q.Encode()})
	}
	return answer{a.status, b}
}

// readCommunicationRequest is what is asked for, in words.
func readCommunicationRequest(ctx context.Context, r *request) (answer, error) {
	t, err := r.asked(ctx, r.PathValue("thread"))
	if err != nil {
		return answer{}, err
	}
	c := CommunicationRequest{
		ResourceType: "CommunicationRequest", ID: t.Number, Identifier: []Identifier{{System: r.base + "/identifier/message", Value: t.Number}}, BasedOn: r.basedOn(t.order.Number),
		Status:   map[string]string{"requested": "active", "in-progress": "active", "completed": "completed"}[taskStatus(t.Thread)],
		Category: []Concept{{Text: t.TypeWords()}}, Subject: &Reference{Identifier: &Identifier{Value: t.order.MemberNumber}},
		AuthoredOn: instantOf(t.SentAt, t.loc), Sender: &Reference{Display: t.plan}, Recipient: []Reference{{Display: r.by.Seat().Organization}},
	}
	c.Status = cmp.Or(c.Status, "revoked")
	if t.ReplyBy != nil {
		c.OccurrencePeriod = &Period{End: instant(*t.ReplyBy, t.loc)}
	}
	if t.Intro != "" {
		c.Payload = append(c.Payload, Payload{ContentString: t.Intro})
	}
	for _, i := range t.Items {
		c.Payload = append(c.Payload, Payload{ContentString: itemText(i)})
	}
	return answer{200, c}, nil
}

func itemText(i message.Item) string {
	text := strconv.Itoa(i.N) + ". " + i.Ask + " (" + i.Kind.Words() + ")"
	if i.Why != "" {
		text += " Why: " + i.Why
	}
	if i.Satisfies != "" {
		text += " What would be enough: " + i.Satisfies
	}
	return text
}

// communicationID is one entry of a thread: "1369306954-3".
func communicationID(number string, n int) string { return number + "-" + strconv.Itoa(n) }

// readCommunication is one entry of a thread.
func readCommunication(ctx context.Context, r *request) (answer, error) {
	number, n, ok := strings.Cut(r.PathValue("entry"), "-")
	none := fault.New(fault.NotFound, "We can't find that message.")
	if !ok {
		return answer{}, none
	}
	t, err := r.talk(ctx, number)
	if err != nil {
		return answer{}, err
	}
	at := slices.IndexFunc(t.entries, func(e message.Entry) bool { return strconv.Itoa(e.N) == n })
	if at < 0 {
		return answer{}, none
	}
	return answer{200, r.communication(t, t.entries[at])}, nil
}

// findCommunications are the entries of one thread, the first first.
func findCommunications(ctx context.Context, r *request) (answer, error) {
	q := r.URL.Query()
	if err := only(q, "based-on"); err != nil {
		return answer{}, err
	}
	t, err := r.talk(ctx, lastPart(q.Get("based-on"), "/"))
	if fault.Is(err, fault.NotFound) {
		return r.searchset(nil), nil
	}
	if err != nil {
		return answer{}, err
	}
	var found []Entry
	for _, e := range t.entries {
		one := r.communication(t, e)
		found = append(found, r.entry("Communication/"+one.ID, one))
	}
	return r.searchset(found), nil
}

func (r *request) communication(t talk, e message.Entry) Communication {
	c := Communication{
		ResourceType: "Communication", ID: communicationID(t.Number, e.N), Status: "completed", Sent: instant(e.At, t.loc), Sender: &Reference{Display: e.Name},
		Payload: []Payload{{ContentString: cmp.Or(e.Text, t.Subject)}},
	}
	if t.Kind == message.Request {
		c.BasedOn = []Reference{{Reference: "CommunicationRequest/" + t.Number}}
	} else if t.order.Number != "" {
		c.BasedOn = r.basedOn(t.order.Number)
	}
	if e.Kind == "answered" {
		c.Payload = append(c.Payload, t.answersAt(e.At)...)
	}
	return c
}

// answersAt is what was sent at one time, item by item.
func (t talk) answersAt(at time.Time) (all []Payload) {
	for _, i := range t.Items {
		if i.SentAt == nil || !i.SentAt.Equal(at) {
			continue
		}
		var files []string
		for _, f := range message.FilesOf(t.files, i.N) {
			files = append(files, f.Name)
		}
		text := strconv.Itoa(i.N) + ". " + i.Ask + "\n" + i.Answer.Words()
		if len(files) > 0 {
			text += "\nFiles: " + strings.Join(files, ", ")
		}
		all = append(all, Payload{ContentString: strings.TrimSpace(text)})
	}
	return all
}

func concept(system, code string) Concept {
	return Concept{Coding: []Coding{{System: system, Code: code}}}
}

func instantOf(t *time.Time, loc *time.Location) string {
	if t == nil {
		return ""
	}
	return instant(*t, loc)
}
