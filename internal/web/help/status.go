package help

import (
	"context"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/notice"
	"parley/internal/infra/job"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// statusPage is whether the service runs, for everybody: no figures and no
// names.
type statusPage struct {
	waits    time.Duration // how long the oldest work that is due waits
	on, next []words.Text  // maintenance, in sentences
	notices  []notice.Announcement
	said     words.Text // by the operator, when the program started
	asOf     words.Text
}

// behind is how long mail and other background work may wait before readers
// are told.
const behind = 5 * time.Minute

func showStatus(ctx context.Context, r *web.Request) (web.Answer, error) {
	now, loc := r.Tx.Now(), r.Zone(civil.DefaultZone)
	p := &statusPage{asOf: civil.When(now, loc, now)}
	if r.Settings.Maintenance.Heading != "" {
		p.said = words.Say("%s %s", r.Settings.Maintenance.Heading, r.Settings.Maintenance.Text)
	}
	q, err := job.Look(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	if !q.Oldest.IsZero() {
		p.waits = now.Sub(q.Oldest)
	}
	windows, err := notice.Windows(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	for _, w := range windows {
		s, ok := w.Next(now)
		switch {
		case ok && !now.Before(s.Start):
			p.on = append(p.on, w.Sentences(s, now))
		case ok:
			p.next = append(p.next, w.Sentences(s, now))
		}
	}
	all, err := notice.For(ctx, r.Tx, r.By, nil)
	for _, a := range all {
		if a.Level == notice.SiteWide { // what is for some alone is on their Home
			p.notices = append(p.notices, a)
		}
	}
	return web.Answer{Title: "Service status", Body: statusView(p)}, err
}

func (p *statusPage) paused() bool { return len(p.on) > 0 || p.said != "" }

func (p *statusPage) late() bool { return p.waits > behind }

// runs reports whether all is as it should be.
func (p *statusPage) runs() bool { return !p.paused() && !p.late() }

// sentence is how things are, in one.
func (p *statusPage) sentence() words.Text {
	switch {
	case p.paused():
		return "Some things are paused for maintenance."
	case p.late():
		return "The service runs, but mail is late."
	}
	return "Everything runs."
}

func (p *statusPage) rows() []ui.SummaryRow {
	mail := words.Text("On time")
	if p.late() {
		mail = words.Say("Late: what is due waits for %s", civil.Left(p.waits))
	}
	return []ui.SummaryRow{{Key: "This portal", Value: "Running"}, {Key: "Mail and work in the background", Value: mail}}
}
