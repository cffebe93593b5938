package review

import (
	"context"
	"io"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/fax"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/httpd"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

var faxesCrumb = ui.Link{Text: "Faxes", Href: "/assist/faxes"}

func (p Pages) registerFaxes(s *web.Server) {
	s.Handle("GET /assist/faxes", web.Faxes, listFaxes)
	s.HandleSlow("POST /assist/faxes", web.Faxes, web.Slow{May: mayTakeFaxes, Do: p.storeFaxes, Then: keepFaxes, Undo: p.dropFaxes})
	s.Handle("GET /assist/faxes/{fax}", web.Faxes, showFax)
	s.Handle("POST /assist/faxes/{fax}/close", web.Faxes, closeFax)
	s.Handle("GET /assist/faxes/{fax}/file", web.Faxes, p.sendFax)
	s.Handle("GET /assist/faxes/{fax}/pages/{page}", web.Faxes, p.showFaxPage)
	s.Handle("POST /assist/faxes/{fax}/pages/{page}/turn", web.Faxes, turnFaxPage)
	s.Handle("POST /assist/faxes/{fax}/pages/{page}/back", web.Faxes, putFaxPageBack)
	s.Handle("GET /assist/faxes/{fax}/put", web.Faxes, askPut)
	s.Handle("POST /assist/faxes/{fax}/find", web.Faxes, findPut)
	s.HandleSlow("POST /assist/faxes/{fax}/put", web.Faxes, web.Slow{May: mayPut, Do: p.makePut, Then: keepPut, Undo: p.dropPut})
	s.Handle("GET /assist/faxes/{fax}/aside", web.Faxes, askAside)
	s.Handle("POST /assist/faxes/{fax}/aside", web.Faxes, setAside)
	s.Handle("GET /assist/faxes/{fax}/wrong", web.Faxes, askWrong)
	s.Handle("POST /assist/faxes/{fax}/wrong", web.Faxes, reportWrong)
	s.Handle("GET /review/cases/{order}/files/{file}/wrong", web.Review, askWrongFile)
	s.Handle("POST /review/cases/{order}/files/{file}/wrong", web.Review, reportWrongFile)
}

// faxesPage lists the faxes that wait, and takes more.
type faxesPage struct {
	all             []fax.Listed
	done            bool
	left            []fax.Left
	from, day, time string // as typed
	faults          map[string]words.Text
	errors          []ui.FieldError
	loc             *time.Location
	now             time.Time
}

func openFaxes(ctx context.Context, r *web.Request) (p *faxesPage, err error) {
	p = &faxesPage{done: r.Query("done") == "yes", faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	p.day, p.time = text(civil.DateIn(p.now, p.loc)), clockOf(p.now, p.loc)
	if p.all, err = fax.List(ctx, r.Tx, r.By, p.done); err != nil {
		return nil, err
	}
	p.left, err = fax.LeftBehind(ctx, r.Tx, r.By)
	return p, err
}

// clockOf is a time as it is typed: "9:00 AM".
func clockOf(t time.Time, loc *time.Location) string {
	return strings.TrimSuffix(civil.Clock(t, loc).String(), " "+civil.ShortZone(loc, t))
}

func (p *faxesPage) answer() web.Answer {
	crumbs := []ui.Link{{Text: "Take a request", Href: "/assist"}, {Text: "Faxes"}}
	if p.done {
		crumbs = []ui.Link{faxesCrumb, {Text: "Done"}}
	}
	return web.Answer{Title: "Faxes", Body: faxesView(p), Errors: p.errors, Crumbs: crumbs}
}

func listFaxes(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openFaxes(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

// age is for how long a fax has been here.
func (p *faxesPage) age(l fax.Listed) string { return civil.Left(p.now.Sub(l.ReceivedAt)).String() }

func (p *faxesPage) standing(l fax.Listed) (ui.TagKind, words.Text) {
	switch l.Status {
	case fax.Checking:
		return ui.TagNeutral, "Being checked"
	case fax.Unreadable:
		return ui.TagWarning, "Can’t be read"
	case fax.Done:
		return ui.TagNeutral, "Done"
	}
	return ui.TagInfo, "Waiting"
}

// arriving is what came in one form.
type arriving struct {
	files []arrived
	wrong []words.Text
}

type arrived struct {
	name string
	ref  blob.Ref
}

func mayTakeFaxes(_ context.Context, r *web.Request) (web.Answer, error) {
	r.Carry = &arriving{}
	return web.Answer{}, r.By.Must(account.HandleFaxes)
}

const mostFaxes = 50 // in one form

func (p Pages) storeFaxes(ctx context.Context, r *web.Request) error {
	c := r.Carry.(*arriving)
	err := r.Parts(func(_, name string, content io.Reader) error {
		name = inspect.Name(name)
		if len(c.files) >= mostFaxes {
			c.wrong = append(c.wrong, words.Say("%s: Upload up to %s files at a time", name, mostFaxes))
			return nil
		}
		ref, err := p.Files.Put(ctx, io.LimitReader(content, fax.Rules.Bytes()+1))
		if err != nil {
			return err
		}
		c.files = append(c.files, arrived{name, ref})
		return nil
	})
	if err != nil {
		p.dropFaxes(context.WithoutCancel(ctx), r)
	}
	return err
}

func (p Pages) dropFaxes(ctx context.Context, r *web.Request) {
	for _, f := range r.Carry.(*arriving).files {
		_ = p.Files.Delete(ctx, f.ref.Key) // else it is only untidy
	}
}

// keepFaxes takes in what came. One that can't be taken does not hinder the
// others.
func keepFaxes(ctx context.Context, r *web.Request) (web.Answer, error) {
	c := r.Carry.(*arriving)
	p, err := openFaxes(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.from, p.day, p.time = r.Value("from"), r.Value("day"), r.Value("time")
	f := fault.Fields{}
	at := p.received(f)
	f.Check(len(c.files) > 0 || len(c.wrong) > 0, "files", "Select a file")
	if err := f.Err(); err != nil { // nothing is kept: the files are to be chosen again
		for _, one := range c.files {
			if err := attachment.Drop(ctx, r.Tx, one.ref.Key); err != nil {
				return web.Answer{}, err
			}
		}
		return p.refused(err), nil
	}
	wrong := c.wrong
	for _, one := range c.files {
		_, err := fax.Take(ctx, r.Tx, r.By, fax.Arrival{Name: one.name, From: p.from, ReceivedAt: at, Ref: one.ref, Came: "hand"})
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.Invalid) {
			return web.Answer{}, err
		}
		for _, text := range fault.Of(err).Fields {
			wrong = append(wrong, text)
		}
		if err := attachment.Drop(ctx, r.Tx, one.ref.Key); err != nil {
			return web.Answer{}, err
		}
	}
	if len(wrong) == 0 {
		return web.Answer{SeeOther: faxesCrumb.Href}, nil
	}
	typed := *p
	if p, err = openFaxes(ctx, r); err != nil { // those that could be taken are in the list
		return web.Answer{}, err
	}
	p.from, p.day, p.time = typed.from, typed.day, typed.time
	return p.refused(fault.Fields{"files": words.Join(wrong, ". ")}.Err()), nil
}

func (p *faxesPage) refused(err error) web.Answer {
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "from", "day", "time", "files")
	a := p.answer()
	a.Status = httpd.Status[fault.Invalid]
	return a
}

func (p *faxesPage) received(f fault.Fields) time.Time {
	d, ok := dateOf(p.day)
	f.Check(ok, "day", "The day must be a real date, like 11/24/2026")
	minute, real := civil.ParseMinute(p.time)
	f.Check(real, "time", "Enter the time, like 2:15 PM")
	if !ok || !real {
		return time.Time{}
	}
	at := civil.Start(d, minute, p.loc)
	f.Check(!at.After(p.now), "day", "It must have come in before now")
	return at
}
