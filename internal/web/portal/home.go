package portal

import (
	"context"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/home"
	"parley/internal/domain/notice"
	"parley/internal/domain/notify"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/survey"
	"parley/internal/domain/worklist"
	"parley/internal/web"
	"parley/internal/words"
)

// homeData is what an office sees first: what needs it, what changed, and its
// next calls.
type homeData struct {
	desk    home.Desk
	recent  []worklist.Line
	failed  []notify.Bounce // mails that didn't reach the office, for its administrators
	told    []notice.Announcement
	news    []plan.Said // of the roll-out
	asked   survey.Survey
	books   bool
	sends   bool
	limited bool // to what they entered, until they are known to belong here
	key     string
	loc     *time.Location
	now     time.Time
}

const homeLines = 5

func homePage(ctx context.Context, r *web.Request) (web.Answer, error) {
	h := homeData{loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), key: r.Key(), books: r.By.Can(account.BookCalls), sends: r.By.Can(account.SendRequests)}
	h.limited = slices.ContainsFunc(r.By.Seats, func(s account.Seat) bool { return s.Limited })
	var err error
	if h.desk, err = home.Of(ctx, r.Tx, r.By, civil.EndOfDay(civil.DateIn(h.now, h.loc), h.loc), home.Show(r.Query("show"))); err != nil {
		return web.Answer{}, err
	}
	if h.recent, err = worklist.First(ctx, r.Tx, r.By, worklist.Query{Sort: worklist.ByEntered, Size: homeLines}); err != nil {
		return web.Answer{}, err
	}
	if h.failed, err = notify.BouncesOf(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	reach, err := worklist.Reach(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	if h.news, err = plan.News(ctx, r.Tx, reach, r.By.Seat().OrganizationID, civil.DateIn(h.now, h.loc)); err != nil {
		return web.Answer{}, err
	}
	if h.asked, err = survey.Waiting(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	h.told, err = notice.For(ctx, r.Tx, r.By, reach)
	return web.Answer{Title: "Home", Body: homeView(h)}, err
}

// snoozeNeed puts one thing off until tomorrow or next week, 8 in the morning.
func snoozeNeed(ctx context.Context, r *web.Request) (web.Answer, error) {
	until := tomorrow(r)
	if r.Value("until") == "week" {
		until = nextMonday(r)
	}
	return web.Answer{SeeOther: "/"}, home.Snooze(ctx, r.Tx, r.By, r.Value("need"), until)
}

// nextMonday is 8 in the morning of the first day of the reader's next week.
func nextMonday(r *web.Request) time.Time {
	loc := r.Zone(civil.DefaultZone)
	day := civil.DateIn(r.Tx.Now(), loc).AddDays(1)
	for day.Weekday() != time.Monday {
		day = day.AddDays(1)
	}
	return civil.Start(day, 8*60, loc)
}

func wakeNeeds(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/"}, home.WakeAll(ctx, r.Tx, r.By)
}

func (h homeData) greeting() words.Text {
	switch hour := h.now.In(h.loc).Hour(); {
	case hour < 12:
		return "Good morning"
	case hour < 18:
		return "Good afternoon"
	}
	return "Good evening"
}

// upcoming are the calls that Home names.
func (h homeData) upcoming() []peer.Listed {
	return h.desk.Calls[:min(len(h.desk.Calls), homeLines)]
}

func (h homeData) callTime(c peer.Listed) words.Text {
	return civil.SpanOn(c.StartsAt, c.EndsAt, h.loc, h.now)
}

// changed says in short what was decided since the last visit: "4 approved, 1
// denied".
func (h homeData) changed() words.Text {
	n := map[order.Status]int{}
	for _, l := range h.desk.Changes.Lines {
		n[l.Status]++
	}
	var all []string
	for _, s := range []order.Status{order.Approved, order.Partial, order.Denied} {
		if n[s] > 0 {
			all = append(all, thousands(n[s])+" "+strings.ToLower(s.Words()))
		}
	}
	text := words.AsIs(strings.Join(all, ", "))
	if h.desk.Changes.More {
		text = words.Say("The latest 50: %s", text)
	}
	return text
}

func homeOf(ctx context.Context, r *web.Request) (web.Answer, error) {
	if to := web.Home(r.By); to != "/" {
		return web.Answer{SeeOther: to}, nil
	}
	return homePage(ctx, r)
}
