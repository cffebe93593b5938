// Package review is what the utilization-management side sees: the cases that
// wait for a decision, the page on which one is decided, reviewers' calls and
// hours, and what schedulers must put a hand to.
package review

import (
	"context"
	"parley/internal/domain/civil"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/worklist"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// Register adds the pages to s.
func Register(s *web.Server) {
	s.Handle("GET /review", web.Review, queue)
	s.Handle("GET /review/cases/{order}", web.Review, showCase)
	s.Handle("GET /review/cases/{order}/decide", web.Review, askDecision)
	s.Handle("POST /review/cases/{order}/decide", web.Review, decide)
	s.Handle("GET /review/cases/{order}/intent", web.Review, askIntent)
	s.Handle("POST /review/cases/{order}/intent", web.Review, announceIntent)

	s.Handle("GET /review/cases/{order}/clock", web.Review, askClock)
	s.Handle("POST /review/cases/{order}/clock", web.Review, changeClock)

	s.Handle("GET /review/calls", web.Review, listCalls)
	s.Handle("GET /review/calls/{call}", web.Review, showWork)
	s.Handle("POST /review/calls/{call}", web.Review, recordOutcome)
	s.Handle("POST /review/calls/{call}/attempts", web.Review, logAttempt)
	s.Handle("POST /review/calls/{call}/notes", web.Review, saveWork)
	s.Handle("GET /review/calendar", web.Review, showCalendar)
	s.Handle("POST /review/calendar/hours", web.Review, addHours)
	s.Handle("GET /review/calendar/hours/{hours}", web.Review, askSeries)
	s.Handle("POST /review/calendar/hours/{hours}", web.Review, saveSeries)
	s.Handle("POST /review/calendar/off", web.Review, addTimeOff)
	s.Handle("POST /review/calendar/off/{off}/delete", web.Review, dropTimeOff)

	s.Handle("GET /board", web.Review, board)
	s.Handle("GET /board/calls/{call}", web.Review, askConfirm)
	s.Handle("POST /board/calls/{call}", web.Review, confirmCall)
	s.Handle("POST /board/calls/{call}/done", web.Review, missedDone)
	s.Handle("GET /board/calls/{call}/move", web.Planners, askMove)
	s.Handle("POST /board/calls/{call}/move", web.Planners, moveCall)
	s.Handle("GET /board/cover", web.Planners, askCover)
	s.Handle("POST /board/cover", web.Planners, startCover)
	s.Handle("GET /board/cover/{cover}", web.Planners, showCover)
	s.Handle("GET /board/reviewers", web.Planners, listReviewers)
	s.Handle("GET /board/why", web.Planners, askWhy)
	s.Handle("POST /board/notes/{note}/done", web.Review, noteDone)
}

// queuePage lists the cases that wait, what is due first on top.
type queuePage struct {
	page worklist.Page
	next string
	prev string
	loc  *time.Location
	now  time.Time
}

func queue(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ReviewOrders); err != nil {
		return web.Answer{}, err
	}
	q := worklist.Query{Status: []string{order.New.Words(), order.NurseReview.Words(), order.InfoRequested.Words()},
		After: r.Query("after"), Before: r.Query("before"), Size: 50}
	page, err := worklist.List(ctx, r.Tx, r.By, q)
	if err != nil {
		return web.Answer{}, err
	}
	p := queuePage{page: page, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if page.Next != "" {
		p.next = "/review?after=" + page.Next
	}
	if page.Earlier != "" {
		p.prev = "/review?before=" + page.Earlier
	}
	return web.Answer{Title: "Queue", Body: queueView(p), Wide: true}, nil
}

func patient(o order.Order, plan string) ui.Patient {
	return ui.Patient{Name: o.Patient.Name(), Born: ui.BirthDate(o.Patient.Born), MemberID: o.MemberNumber, Plan: plan}
}
