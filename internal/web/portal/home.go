package portal

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/notice"
	"parley/internal/domain/notify"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/domain/worklist"
	"parley/internal/web"
)

// homeView is what an office sees first: what needs it, and its next calls.
type homeData struct {
	name    string
	waits   []request.Waiting // clinical questions that the reader is asked to answer
	needs   []worklist.Line
	recent  []worklist.Line
	calls   []peer.Listed
	failed  []notify.Bounce // mails that didn't reach the office, for its administrators
	told    []notice.Announcement
	news    []string // of the roll-out
	books   bool
	sends   bool
	limited bool // to what they entered, until they are known to belong here
	loc     *time.Location
	now     time.Time
}

const homeLines = 5

func homePage(ctx context.Context, r *web.Request) (web.Answer, error) {
	h := homeData{name: r.By.Name, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), books: r.By.Can(account.BookCalls), sends: r.By.Can(account.SendRequests)}
	h.limited = slices.ContainsFunc(r.By.Seats, func(s account.Seat) bool { return s.Limited })
	denied, err := worklist.List(ctx, r.Tx, r.By, worklist.Query{Status: []string{"Denied", "Approved in part", "More information needed"}, Size: homeLines})
	if err != nil {
		return web.Answer{}, err
	}
	recent, err := worklist.List(ctx, r.Tx, r.By, worklist.Query{Sort: worklist.ByEntered, Size: homeLines})
	if err != nil {
		return web.Answer{}, err
	}
	h.needs, h.recent = denied.Lines, recent.Lines
	if h.sends {
		if h.waits, err = request.WaitingFor(ctx, r.Tx, r.By); err != nil {
			return web.Answer{}, err
		}
	}
	if h.failed, err = notify.BouncesOf(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	if h.books {
		if h.calls, err = peer.List(ctx, r.Tx, r.By, "upcoming"); err != nil {
			return web.Answer{}, err
		}
	}
	reach, err := worklist.Reach(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	if h.news, err = plan.News(ctx, r.Tx, reach, r.By.Seat().OrganizationID, civil.DateIn(h.now, h.loc)); err != nil {
		return web.Answer{}, err
	}
	if h.told, err = notice.For(ctx, r.Tx, r.By, reach); err != nil {
		return web.Answer{}, err
	}
	if len(h.calls) > homeLines {
		h.calls = h.calls[:homeLines]
	}
	return web.Answer{Title: "Home", Body: homeView(h)}, nil
}

func (h homeData) greeting() string {
	switch hour := h.now.In(h.loc).Hour(); {
	case hour < 12:
		return "Good morning"
	case hour < 18:
		return "Good afternoon"
	}
	return "Good evening"
}

func (h homeData) callTime(c peer.Listed) string {
	return civil.SpanOn(c.StartsAt, c.EndsAt, h.loc, h.now)
}

func home(ctx context.Context, r *web.Request) (web.Answer, error) {
	if to := web.Home(r.By); to != "/" {
		return web.Answer{SeeOther: to}, nil
	}
	return homePage(ctx, r)
}
