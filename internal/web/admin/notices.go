package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/notice"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// noticesPage lists what readers are told.
type noticesPage struct {
	windows []notice.Window
	all     []notice.Announcement
	key     string
	loc     *time.Location
	now     time.Time
}

func listNotices(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &noticesPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.all, err = notice.Latest(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	p.windows, err = notice.Windows(ctx, r.Tx)
	return web.Answer{Title: "Announcements and maintenance", Body: noticesView(p), Crumbs: crumbs("Announcements and maintenance")}, err
}

// crumbs lead from the list of all pages of the administration.
func crumbs(here string, between ...ui.Link) []ui.Link {
	return append(append([]ui.Link{{Text: "Administration", Href: "/admin/index"}}, between...), ui.Link{Text: words.AsIs(here)})
}

var noticesCrumb = ui.Link{Text: "Announcements and maintenance", Href: "/admin/notices"}

// standing is where an announcement is in its life.
func (p *noticesPage) standing(a notice.Announcement) (ui.TagKind, words.Text) {
	switch {
	case a.Shows(p.now):
		return ui.TagSuccess, "Up"
	case a.EndedAt == nil && p.now.Before(a.StartsAt):
		return ui.TagInfo, "Scheduled"
	}
	return ui.TagNeutral, "Over"
}

func (p *noticesPage) span(a notice.Announcement) string {
	return civil.When(a.StartsAt, p.loc, p.now).String() + " to " + civil.When(a.EndsAt, p.loc, p.now).String()
}

// announcementPage is one announcement, as it is typed.
type announcementPage struct {
	a             notice.Announcement
	starts, ends  string
	organizations string // names, a line each
	plans         []plan.Plan
	programs      []plan.Program
	faults        map[string]words.Text
	errors        []ui.FieldError
	key           string
	loc           *time.Location
	now           time.Time
}

func (p *announcementPage) path() string {
	if p.a.ID == "" {
		return "/admin/notices/new"
	}
	return "/admin/notices/" + p.a.ID
}

func (p *announcementPage) answer() web.Answer {
	title := "New announcement"
	if p.a.ID != "" {
		title = "Change an announcement"
	}
	return web.Answer{Title: words.AsIs(title), Body: announcementView(p, title), Errors: p.errors, Crumbs: crumbs(title, noticesCrumb)}
}

func announcement(ctx context.Context, r *web.Request) (p *announcementPage, err error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	p = &announcementPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now(), faults: map[string]words.Text{}}
	if p.plans, err = plan.All(ctx, r.Tx); err != nil {
		return nil, err
	}
	if p.programs, err = plan.Programs(ctx, r.Tx); err != nil {
		return nil, err
	}
	if id := r.PathValue("announcement"); id != "" {
		p.a, err = notice.Get(ctx, r.Tx, r.By, id)
	}
	return p, err
}

func newAnnouncement(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := announcement(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.a.Level = notice.Info
	p.starts, p.ends = wall(p.now, p.loc), wall(p.now.Add(14*24*time.Hour), p.loc)
	return p.answer(), nil
}

func showAnnouncement(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := announcement(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.starts, p.ends = wall(p.a.StartsAt, p.loc), wall(p.a.EndsAt, p.loc)
	for _, id := range p.a.Organizations {
		o, err := account.GetOrganization(ctx, r.Tx, id)
		if err != nil {
			return web.Answer{}, err
		}
		p.organizations += o.Name + "\n"
	}
	return p.answer(), nil
}

func saveAnnouncement(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := announcement(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	a := &p.a
	a.Level, a.Title, a.Body, a.TitleES, a.BodyES = notice.Level(r.Value("level")), r.Value("title"), r.Value("body"), r.Value("title_es"), r.Value("body_es")
	a.Plans, a.Programs, a.Roles = r.Form["plans"], r.Form["programs"], r.Form["roles"]
	if a.ID != "" {
		a.Version, _ = strconv.Atoi(r.Value("version"))
	}
	p.starts, p.ends, p.organizations = r.Value("starts"), r.Value("ends"), r.Value("organizations")
	err = p.read(ctx, r)
	if err == nil {
		_, err = notice.Announce(ctx, r.Tx, r.By, *a)
	}
	if err == nil {
		return web.Answer{SeeOther: "/admin/notices"}, nil
	}
	if fault.Of(err).Kind == fault.Internal {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "level", "title", "body", "title_es", "body_es", "starts", "ends", "organizations")
	return p.answer(), err
}

// read is what of the form isn't text.
func (p *announcementPage) read(ctx context.Context, r *web.Request) error {
	f := fault.Fields{}
	p.a.StartsAt, p.a.EndsAt = instant(f, "starts", p.starts, p.loc), instant(f, "ends", p.ends, p.loc)
	ids, err := organizationIDs(ctx, r, f, p.organizations)
	if err != nil {
		return err
	}
	p.a.Organizations = ids
	return f.Err()
}

// instant reads what a field for a date and a time holds.
func instant(f fault.Fields, name, text string, loc *time.Location) time.Time {
	t, err := time.Parse("2006-01-02T15:04", text)
	f.Check(err == nil, name, "Enter a date and a time, like 2026-11-24T14:30")
	if err != nil {
		return time.Time{}
	}
	return civil.Start(civil.DateIn(t, time.UTC), t.Hour()*60+t.Minute(), loc)
}

func endAnnouncement(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: "/admin/notices"}, notice.End(ctx, r.Tx, r.By, r.PathValue("announcement"))
}

func (p *announcementPage) planOptions() (all []ui.Option) {
	for _, one := range p.plans {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name), Checked: contains(p.a.Plans, string(one.ID))})
	}
	return all
}

func (p *announcementPage) programOptions() (all []ui.Option) {
	for _, one := range p.programs {
		all = append(all, ui.Option{Value: string(one.ID), Label: words.AsIs(one.Name), Checked: contains(p.a.Programs, string(one.ID))})
	}
	return all
}

func (p *announcementPage) roleOptions() (all []ui.Option) {
	for _, one := range account.Roles {
		text := string(one)
		all = append(all, ui.Option{Value: text, Label: words.AsIs(strings.ToUpper(text[:1]) + text[1:]), Checked: contains(p.a.Roles, text)})
	}
	return all
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}
