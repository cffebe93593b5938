package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/notice"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// A bulletin is what stands above every page, or decides what every page has.
// It is read once and kept until somebody changes it, since every page needs
// it; another process that does is heard of within a second, and in any case
// after freshFor.
type bulletin struct {
	mu      sync.Mutex
	spoiled int // how often somebody changed it
	read    int // spoiled, when it was last read
	at      time.Time
	posted  *posted
}

// posted is shared: nobody may change it.
type posted struct {
	windows []notice.Window
	site    []notice.Announcement
	moved   bool // some plan came from an older platform
}

const freshFor = 30 * time.Second

func (b *bulletin) hear(topics []string) {
	if len(topics) == 0 || slices.Contains(topics, notice.Topic) || slices.Contains(topics, plan.Topic) {
		b.mu.Lock()
		b.spoiled++
		b.mu.Unlock()
	}
}

// get is what is posted as tx sees it, or as somebody saw it since.
func (b *bulletin) get(ctx context.Context, tx *db.Tx) (*posted, error) {
	b.mu.Lock()
	is, spoiled := b.posted, b.spoiled
	good := is != nil && b.read == spoiled && tx.Now().Sub(b.at).Abs() < freshFor
	b.mu.Unlock()
	if good {
		return is, nil
	}
	p := &posted{}
	var err error
	if p.windows, err = notice.Windows(ctx, tx); err != nil {
		return nil, err
	}
	all, err := notice.For(ctx, tx, account.Actor{}, nil)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Level == notice.SiteWide {
			p.site = append(p.site, a)
		}
	}
	moved, err := plan.Cutovers(ctx, tx)
	if err != nil {
		return nil, err
	}
	p.moved = len(moved) > 0
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posted, b.read, b.at = p, spoiled, tx.Now()
	return p, nil
}

// Moved reports whether some plan came from an older platform, so that its
// orders can be among those looked for. It is kept like what stands above every
// page: asking costs nothing.
func (r *Request) Moved() (bool, error) {
	p, err := r.board.get(r.Context(), r.Tx)
	return err == nil && p.moved, err
}

// Maintenance is told from so long before; it can be put away until so short
// before.
const (
	toldBefore  = 72 * time.Hour
	againBefore = time.Hour
)

// An Upcoming is maintenance that is on or comes soon.
type Upcoming struct {
	Window notice.Window
	notice.Span
}

// Maintenance is what is on or comes within three days, the earliest first.
func (r *Request) Maintenance() (all []Upcoming) {
	if r.posted == nil {
		return nil
	}
	now := r.Tx.Now()
	for _, w := range r.posted.windows {
		if s, ok := w.Next(now); ok && s.Start.Sub(now) <= toldBefore {
			all = append(all, Upcoming{w, s})
		}
	}
	slices.SortStableFunc(all, func(a, b Upcoming) int { return a.Start.Compare(b.Start) })
	return all
}

// alert is the one that stands above the page, if any: what the operator set
// when the program started, maintenance, then an announcement. What the reader
// put away does not stand there.
func (r *Request) alert() *ui.SiteAlert {
	if r.Settings.Maintenance.Heading != "" {
		return &r.Settings.Maintenance
	}
	if r.posted == nil {
		return nil
	}
	now := r.Tx.Now()
	for _, m := range r.Maintenance() {
		a := &ui.SiteAlert{Heading: "Maintenance.", Text: m.Window.Sentences(m.Span, now)}
		if m.Start.Sub(now) > againBefore {
			a.Dismiss = m.Window.ID + "." + strconv.FormatInt(m.Start.Unix(), 10)
		}
		if !r.putAway(a) {
			return a
		}
	}
	for _, one := range r.posted.site {
		a := &ui.SiteAlert{Heading: words.AsIs(one.Title), Text: words.AsIs(one.Body), Spanish: strings.TrimSpace(one.TitleES + " " + one.BodyES), Dismiss: one.ID + "." + strconv.Itoa(one.Version)}
		if one.Shows(now) && !r.putAway(a) {
			return a
		}
	}
	return nil
}

// away is the cookie that holds what was put away, until the browser closes.
const (
	away     = "away"
	mostAway = 8
)

// putAway reports whether the reader put a away, and readies it for that.
func (r *Request) putAway(a *ui.SiteAlert) bool {
	a.Return = r.URL.RequestURI()
	if r.Method != "GET" {
		a.Return = "/"
	}
	return a.Dismiss != "" && slices.Contains(strings.Split(r.Brief(away), "~"), a.Dismiss)
}

// onlyKey is what a key of an alert can be made of.
func onlyKey(s string) string {
	s = strings.Map(func(c rune) rune {
		if c == '.' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' {
			return c
		}
		return -1
	}, s)
	return s[:min(len(s), 80)]
}

// PutAway is the answer to a reader who has read an alert.
func PutAway(_ context.Context, r *Request) (Answer, error) {
	all := append(strings.Split(r.Brief(away), "~"), onlyKey(r.Value("alert")))
	all = all[max(0, len(all)-mostAway):]
	c := r.Settings.cookie("parley_"+away, strings.Join(all, "~"), 0)
	return Answer{SeeOther: SafeReturn(r.Value("return")), Cookies: []*http.Cookie{c}}, nil
}
