package portal

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

func (p *Pages) registerMessages(s *web.Server) {
	s.Handle("GET /messages", web.Correspondents, listMessages)
	s.HandleLive("GET /messages/live", web.Correspondents, liveMessages)
	s.Handle("POST /messages/search", web.Correspondents, findMessages)
	s.Handle("POST /messages/many", web.Correspondents, changeMany)
	s.Handle("GET /messages/new", web.Correspondents, askQuestion)
	s.Handle("POST /messages/new", web.Correspondents, sendQuestion)
	s.Handle("GET /messages/{thread}", web.Correspondents, showThread)
	s.HandleLive("GET /messages/{thread}/live", web.Correspondents, liveThread)
	s.Handle("POST /messages/{thread}", web.Correspondents, answerThread)
	s.Handle("POST /messages/{thread}/keep", web.Senders, keepAnswers)
	s.Handle("POST /messages/{thread}/reply", web.Correspondents, replyThread)
	s.Handle("POST /messages/{thread}/assign", web.Senders, assignThread)
	s.Handle("POST /messages/{thread}/time", web.Senders, moreTime)
	s.Handle("POST /messages/{thread}/close", web.Correspondents, closeThread)
	p.registerShelf(s, threadShelves)
}

// messagesPage is the list of messages.
type messagesPage struct {
	q        message.Query
	side     message.Side
	page     message.Page
	views    []string
	counts   map[string]int
	said     url.Values // the query as it stands in the address
	plans    []plan.Plan
	programs []plan.Program
	places   []provider.Location
	team     []account.Teammate
	mayFile  bool // the reader's office answers
	faults   map[string]words.Text
	errors   []ui.FieldError
	key      string
	loc      *time.Location
	now      time.Time
}

var viewWords = map[string]words.Text{message.NeedsReply: "Needs a reply", message.Unread: "Unread", message.DueToday: "Due today", message.Snoozed: "Snoozed", message.Done: "Closed", message.All: "All"}

func openMessages(ctx context.Context, r *web.Request) (*messagesPage, error) {
	p := &messagesPage{side: message.SideOf(r.By), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), key: r.Key(), faults: map[string]words.Text{}, mayFile: r.By.Can(account.SendRequests)}
	p.q, p.said, p.views = messageQuery(r), r.URL.Query(), message.ViewsOf(r.By)
	var err error
	if p.page, err = message.List(ctx, r.Tx, r.By, p.q); err != nil {
		return nil, err
	}
	if p.counts, err = message.Counts(ctx, r.Tx, r.By, p.q.Today); err != nil {
		return nil, err
	}
	if err := p.loadChoices(ctx, r); err != nil {
		return nil, err
	}
	if p.mayFile {
		if p.team, err = account.TeamOf(ctx, r.Tx, r.By.Seat().OrganizationID); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func listMessages(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openMessages(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func (p *messagesPage) answer() web.Answer {
	return web.Answer{Title: "Messages", Body: messagesView(p), Errors: p.errors, Wide: true}
}

func (p *messagesPage) count(view string) string {
	n, counted := p.counts[view]
	switch {
	case !counted:
		return ""
	case n > message.MostCounted:
		return " (99+)"
	}
	return " (" + strconv.Itoa(n) + ")"
}

func (p *messagesPage) table() ui.TableView {
	t := ui.TableView{Caption: words.Say("%s: %s", viewWords[p.q.View], shownWords(len(p.page.Threads))), Columns: []ui.Column{{Header: "Message"}, {Header: "Patient"}, {Header: "Order"}, {Header: "Plan"}, {Header: "Received"}, {Header: "Reply by"}, {Header: "State"}, {Header: "Assigned to"}}}
	for _, l := range p.page.Threads {
		row := ui.Row{Cells: []templComponent{threadLink(p, l), ui.Text(words.AsIs(l.Patient)), threadOrder(l), ui.Text(words.AsIs(l.Plan)), ui.Text(civil.NearWhen(l.LastAt, p.loc, p.now)), replyClock(p, l), threadState(p, l), ui.Text(cmp.Or(words.AsIs(l.AssignedName), "The whole team"))}}
		if l.Unread {
			row.Class = "is-unread"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func shownWords(n int) words.Text {
	if n == 1 {
		return "1 message"
	}
	return words.Say("%s messages", thousands(n))
}

// replyBy is a thread's clock, as its reader sees it.
func (p *messagesPage) replyBy(l message.Listed) *ui.ClockView {
	if l.ReplyBy == nil || l.Turn != message.Office || l.Status != message.Open {
		return nil
	}
	c := ui.DueClock(*l.ReplyBy, p.loc, p.now)
	return &c
}

func (p *messagesPage) live() ui.LiveView {
	return ui.LiveView{Path: strings.Replace(p.href("from", p.q.Before), "/messages?", "/messages/live?", 1), Mark: web.Mark(messageLines(p.page)), Kind: "list"}
}

func liveMessages(_ context.Context, r *web.Request) (web.Live, error) {
	if err := r.By.Must(account.Correspond); err != nil {
		return web.Live{}, err
	}
	by, q := r.By, messageQuery(r)
	return web.Live{Hears: message.HearsList(by), Picture: func(ctx context.Context, tx *db.Tx) ([]string, error) {
		page, err := message.List(ctx, tx, by, q)
		return messageLines(page), err
	}}, nil
}

func messageLines(p message.Page) []string {
	all := make([]string, len(p.Threads))
	for i, l := range p.Threads {
		all[i] = l.Line()
	}
	return all
}

// changeMany does one thing to all that are chosen.
func changeMany(ctx context.Context, r *web.Request) (web.Answer, error) {
	back := "/messages?show=" + url.QueryEscape(r.Value("show"))
	chosen, err := message.Some(ctx, r.Tx, r.By, r.Form["chosen"])
	for _, t := range chosen {
		if err != nil {
			break
		}
		switch r.Value("action") {
		case "assign":
			_, err = message.Assign(ctx, r.Tx, r.By, t, 0, account.PersonID(r.Value("to")))
		case "snooze":
			err = message.Snooze(ctx, r.Tx, r.By, t, tomorrow(r))
		default:
			err = message.See(ctx, r.Tx, r.By, t)
		}
	}
	if err == nil {
		return web.Answer{SeeOther: back}, nil
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p, openErr := openMessages(ctx, r)
	if openErr != nil {
		return web.Answer{}, openErr
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err)
	return p.answer(), err
}

// tomorrow is 8 in the morning of the reader's next day.
func tomorrow(r *web.Request) time.Time {
	loc := r.Zone(civil.DefaultZone)
	return civil.Start(civil.DateIn(r.Tx.Now(), loc).AddDays(1), 8*60, loc)
}

// questionPage is a question that an office writes.
type questionPage struct {
	number      string // of the order, as typed
	topic, text string
	faults      map[string]words.Text
	errors      []ui.FieldError
	key         string
	help        ui.HelpLine
}

func (p *questionPage) answer() web.Answer {
	return web.Answer{Title: "New message", Body: questionView(p), Errors: p.errors, Crumbs: []ui.Link{{Text: "Messages", Href: "/messages"}, {Text: "New message"}}}
}

func openQuestion(r *web.Request) (*questionPage, error) {
	if message.SideOf(r.By) != message.Office {
		return nil, fault.New(fault.Denied, "Only people of an office begin a message. On a case, ask for information.")
	}
	return &questionPage{key: r.Key(), faults: map[string]words.Text{}, help: r.Settings.Support}, nil
}

func askQuestion(_ context.Context, r *web.Request) (web.Answer, error) {
	p, err := openQuestion(r)
	if err != nil {
		return web.Answer{}, err
	}
	p.number, p.topic = order.Digits(r.Query("order")), r.Query("topic")
	return p.answer(), nil
}

func sendQuestion(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openQuestion(r)
	if err != nil {
		return web.Answer{}, err
	}
	p.number, p.topic, p.text = strings.TrimSpace(r.Value("order")), r.Value("topic"), strings.TrimSpace(r.Value("text"))
	o := order.Order{}
	if p.number != "" {
		o, err = order.Find(ctx, r.Tx, r.By, "number = ", order.Digits(p.number))
		if fault.Is(err, fault.NotFound) {
			err = fault.Fields{"order": "We can’t find an order with this ID among yours. Check it, or leave it empty"}.Err()
		}
	}
	if err == nil {
		var t message.Thread
		if t, err = message.Begin(ctx, r.Tx, r.By, o, message.Start{Topic: p.topic, Text: p.text}); err == nil {
			return web.Answer{SeeOther: "/messages/" + t.Number}, nil
		}
	}
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "topic", "order", "text")
	return p.answer(), err
}

func (p *questionPage) topics() ui.Group {
	g := ui.Group{Name: "topic", Legend: "What it is about", Error: p.faults["topic"]}
	for _, t := range message.Topics {
		g.Options = append(g.Options, ui.Option{Value: t.ID, Label: words.Text(t.Words), Checked: t.ID == p.topic})
	}
	return g
}
