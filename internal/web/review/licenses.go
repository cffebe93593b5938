package review

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/peer"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const (
	licensesTitle = "Licenses"
	licensesPath  = "/board/licenses"
)

func registerLicenses(s *web.Server) {
	s.Handle("GET /board/licenses", web.Planners, listLicenses)
	s.Handle("GET /board/licenses/{person}", web.Planners, showLicenses)
	s.Handle("POST /board/licenses/{person}", web.Planners, addLicense)
	s.Handle("POST /board/licenses/{person}/{state}", web.Planners, changeLicense)
	s.Handle("POST /board/licenses/{person}/{state}/remove", web.Planners, removeLicense)
}

// A heldLicense is one with whose it is.
type heldLicense struct {
	review.License
	of review.Reviewer
}

// licensesPage is every license of every reviewer, those that end first, and
// the calls that are booked for after an end.
type licensesPage struct {
	reviewersPage
	soon, rest []heldLicense
	none       []peer.Load // reviewers without a license
	lapses     []peer.Lapse
	by         account.Actor
}

func listLicenses(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &licensesPage{reviewersPage: reviewersPage{now: r.Tx.Now()}, by: r.By}
	var err error
	if p.lapses, err = peer.Lapses(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	if p.all, err = peer.Roster(ctx, r.Tx, r.By); err != nil {
		return web.Answer{}, err
	}
	for _, l := range p.all {
		if len(l.Licenses) == 0 {
			p.none = append(p.none, l)
		}
		for _, one := range l.Licenses {
			if _, tag := p.expiry(one, l.TimeZone); tag != "" {
				p.soon = append(p.soon, heldLicense{one, l.Reviewer})
			} else {
				p.rest = append(p.rest, heldLicense{one, l.Reviewer})
			}
		}
	}
	for _, some := range [][]heldLicense{p.soon, p.rest} {
		slices.SortStableFunc(some, func(a, b heldLicense) int { return cmp.Compare(a.Expires.String(), b.Expires.String()) })
	}
	return web.Answer{Title: licensesTitle, Body: licensesView(p), Wide: true}, nil
}

func (p *licensesPage) licenses(caption words.Text, some []heldLicense) ui.TableView {
	t := ui.TableView{Caption: caption, Columns: []ui.Column{{Header: "Reviewer"}, {Header: "State"}, {Header: "Number"}, {Header: "Until"}, {Header: "How it stands"}}}
	for _, l := range some {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{licensedLink(l.of.PersonID, l.of.Name), ui.Text(words.AsIs(l.State)), ui.Text(words.AsIs(l.Number)), ui.Text(civil.DateRange(l.Expires, l.Expires)), standingCell(p, l)}})
	}
	return t
}

// lapseWords name a call by its number and time alone: who keeps licenses
// learns nothing of its order.
func lapseWords(l peer.Lapse, name string, now time.Time) string {
	loc, err := civil.Zone(l.Zone)
	if err != nil {
		loc = time.UTC
	}
	what := "no license holds then, the last one until "
	if l.State != "" {
		what = "the " + l.State + " license holds until "
	}
	return "Call " + l.Number + ", " + civil.When(l.StartsAt, loc, now).String() + ", " + name + ": " + what + civil.DateRange(l.Expires, l.Expires).String() + "."
}

func (p *licensesPage) nameOf(id account.PersonID) string {
	for _, l := range p.all {
		if l.PersonID == id {
			return l.Name
		}
	}
	return ""
}

func licensedPath(id account.PersonID) string { return licensesPath + "/" + url.PathEscape(string(id)) }

// licensedPage is one reviewer's licenses, to be changed.
type licensedPage struct {
	reviewersPage
	who    review.Reviewer
	lapses []peer.Lapse
	typed  map[string]string // what was entered, by field
	faults map[string]words.Text
	errors []ui.FieldError
	say    string
	by     account.Actor
	key    string
}

var licensedDone = map[string]string{
	"added":   "The license is added. It counts from now on.",
	"changed": "The license is changed. It counts from now on.",
	"removed": "The license is removed.",
}

func licensed(ctx context.Context, r *web.Request) (p *licensedPage, err error) {
	p = &licensedPage{reviewersPage: reviewersPage{now: r.Tx.Now()}, typed: map[string]string{}, faults: map[string]words.Text{}, say: licensedDone[r.Query("done")], by: r.By, key: r.Key()}
	if p.who, err = review.FindLicensed(ctx, r.Tx, r.By, account.PersonID(r.PathValue("person"))); err != nil {
		return nil, err
	}
	all, err := peer.Lapses(ctx, r.Tx, r.By)
	for _, l := range all {
		if l.ReviewerID == p.who.PersonID {
			p.lapses = append(p.lapses, l)
		}
	}
	return p, err
}

func (p *licensedPage) answer() web.Answer {
	return web.Answer{Title: words.AsIs(p.who.Name), Body: licensedView(p), Errors: p.errors}
}

func showLicenses(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := licensed(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func addLicense(ctx context.Context, r *web.Request) (web.Answer, error) {
	return keepLicense(ctx, r, "", "added", func(id account.PersonID, l review.License) error {
		l.State = r.Value("state")
		return review.AddLicense(ctx, r.Tx, r.By, id, l)
	})
}

func changeLicense(ctx context.Context, r *web.Request) (web.Answer, error) {
	state := r.PathValue("state")
	return keepLicense(ctx, r, "-"+state, "changed", func(id account.PersonID, l review.License) error {
		l.State = state
		return review.ChangeLicense(ctx, r.Tx, r.By, id, l)
	})
}

// keepLicense reads a license from the fields that end in suffix, one form of
// several on the page, and shows what is wrong at them.
func keepLicense(ctx context.Context, r *web.Request, suffix, done string, do func(account.PersonID, review.License) error) (web.Answer, error) {
	p, err := licensed(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	for _, name := range []string{"state", "number", "expires"} {
		p.typed[name+suffix] = r.Value(name + suffix)
	}
	day, bad := civil.ParseDate(strings.TrimSpace(r.Value("expires" + suffix)))
	if bad != nil {
		day = civil.Date{}
	}
	err = do(p.who.PersonID, review.License{Number: r.Value("number" + suffix), Expires: day})
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{SeeOther: licensedPath(p.who.PersonID) + "?done=" + done}, err
	}
	at := fault.Fields{}
	for name, text := range fault.Of(err).Fields {
		at[name+suffix] = text
	}
	err = at.Err()
	p.faults, p.errors = at, web.Errors(err, "state", "number"+suffix, "expires"+suffix)
	return p.answer(), err
}

func removeLicense(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := account.PersonID(r.PathValue("person"))
	return web.Answer{SeeOther: licensedPath(id) + "?done=removed"}, review.RemoveLicense(ctx, r.Tx, r.By, id, r.PathValue("state"))
}

// value is what a field holds: what was entered, else what is stored.
func (p *licensedPage) value(name, stored string) string {
	if v, ok := p.typed[name]; ok {
		return v
	}
	return stored
}

func (p *licensedPage) open(state string) bool {
	return p.faults["number-"+state] != "" || p.faults["expires-"+state] != ""
}

func storedDay(l review.License) string {
	if l.Expires.IsZero() {
		return ""
	}
	return l.Expires.String()
}
