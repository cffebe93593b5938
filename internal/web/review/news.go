package review

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
)

// A news is one thing that came since the reader last looked at the case.
type news struct {
	one, many string // what it is: "file", "files"
	text      string // which; never empty
	at        time.Time
	href      string // where it stands on the page; "" for nowhere
}

// since lists what came since the reader's last visit.
func (p *benchPage) since(ctx context.Context, r *web.Request, events []order.Event) (err error) {
	if p.visit, err = review.VisitOf(ctx, r.Tx, r.By, p.o.ID); err != nil || p.visit.Since == nil {
		return err
	}
	for _, f := range p.files {
		if p.newFile(f) {
			p.news = append(p.news, news{"file", "files", f.Name, f.AddedAt, "#evidence"})
		}
	}
	p.newAnswers()
	for _, t := range p.talks.threads {
		if p.newMessage(t) {
			p.news = append(p.news, news{"message", "messages", t.Subject, t.LastAt, "/messages/" + t.Number})
		}
	}
	for _, m := range p.marks {
		if p.visit.New(m.At, m.PersonID) {
			p.news = append(p.news, news{"mark", "marks", review.SaysWords[m.Says] + ", by " + m.Name, m.At, "#criteria"})
		}
	}
	for _, e := range events {
		p.newEvent(e)
	}
	clock, err := deadline.Of(ctx, r.Tx, string(p.o.ID))
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	for _, e := range clock.Events {
		if words := clockWords[e.Kind]; words != "" && p.visit.New(e.At, "") && e.Actor != r.By.Name {
			p.news = append(p.news, news{"clock event", "clock events", words, e.At, "/review/cases/" + p.o.Number + "/clock"})
		}
	}
	slices.SortStableFunc(p.news, func(a, b news) int {
		return cmp.Or(slices.Index(newsOrder, a.one)-slices.Index(newsOrder, b.one), a.at.Compare(b.at), cmp.Compare(a.text, b.text))
	})
	return err
}

// newsOrder is the order in which kinds of news are read: what the office sent
// first.
var newsOrder = []string{"message", "file", "answer", "mark", "note", "call event", "clock event", "change of status", "event"}

// clockWords are what happened to a clock, as news; what ends it shows in the
// case's status.
var clockWords = map[deadline.EventKind]string{
	deadline.Asked: "Information was asked for", deadline.Answered: "The office answered", deadline.Extended: "The time was extended",
	deadline.Reclassified: "The urgency changed", deadline.Warned: "Part of the time is used up", deadline.Missed: "The decision is late",
}

func (p *benchPage) newFile(f attachment.File) bool { return p.visit.New(f.AddedAt, f.AddedBy) }

// newMessage is whether the office said the last word, and said it since.
func (p *benchPage) newMessage(t message.Thread) bool {
	return t.ReviewN == t.LastN && p.visit.New(t.LastAt, "")
}

func (p *benchPage) newMark(m review.Mark) bool { return p.visit.New(m.At, m.PersonID) }

func (p *benchPage) newNote(e order.Event) bool { return p.visit.New(e.At, e.ActorID) }

// newAnswers adds each answer that was given or changed.
func (p *benchPage) newAnswers() {
	for _, q := range p.answers {
		for _, a := range q.Response.Answers {
			if p.visit.New(a.At, string(a.By)) {
				p.news = append(p.news, news{"answer", "answers", "To " + q.Guideline.Name(), a.At, "#evidence"})
			}
		}
	}
}

// newEvent adds an event of the timeline. Files speak for themselves.
func (p *benchPage) newEvent(e order.Event) {
	kinds := map[string][2]string{"note": {"note", "notes"}, "call": {"call event", "call events"}, "status": {"change of status", "changes of status"}}
	if !p.visit.New(e.At, e.ActorID) || e.Kind == "file" {
		return
	}
	kind, ok := kinds[e.Kind]
	if !ok {
		kind = [2]string{"event", "events"}
	}
	n := news{kind[0], kind[1], e.Text.String(), e.At, ""}
	if e.Internal && e.Kind == "note" {
		n.text, n.href = "By "+e.ActorName, "#notes"
	}
	p.news = append(p.news, n)
}

// newsWords sums the news up: "Since Mon, Nov 23, 11:02 AM CT: 1 file, 2
// answers".
func (p *benchPage) newsWords() string {
	var kinds, parts []string
	count := map[string]int{}
	many := map[string]string{}
	for _, n := range p.news {
		if count[n.one] == 0 {
			kinds = append(kinds, n.one)
		}
		count[n.one]++
		many[n.one] = n.many
	}
	for _, k := range kinds {
		words := many[k]
		if count[k] == 1 {
			words = k
		}
		parts = append(parts, strconv.Itoa(count[k])+" "+words)
	}
	return "Since " + civil.When(*p.visit.Since, p.loc, p.now).String() + ": " + strings.Join(parts, ", ")
}
