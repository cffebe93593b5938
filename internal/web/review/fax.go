package review

import (
	"context"
	"io"
	"net/url"
	"slices"
	"strconv"
	"time"

	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/fax"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// faxPage is one fax: its pages, the one that is looked at, and what the cover
// sheets on it propose.
type faxPage struct {
	fax.Fax
	pages    []fax.Page
	file     attachment.Upload
	shown    fax.Page
	others   []string
	proposed []proposed
	chosen   []int
	typed    string // the pages, as typed
	faults   map[string]words.Text
	errors   []ui.FieldError
	key      string
	loc      *time.Location
	now      time.Time
}

// proposed is what a cover sheet says, and what it is about.
type proposed struct {
	fax.Proposal
	target  fax.Target
	found   bool
	waiting bool // its office was asked for information: which is to be looked at
}

func openFax(ctx context.Context, r *web.Request) (p *faxPage, err error) {
	p = &faxPage{key: r.Key(), faults: map[string]words.Text{}, loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	if p.Fax, p.pages, p.file, err = fax.Get(ctx, r.Tx, r.By, r.PathValue("fax")); err != nil {
		return nil, err
	}
	p.others, err = fax.See(ctx, r.Tx, r.By, p.ID)
	return p, err
}

func (p *faxPage) path(more string) string { return faxesCrumb.Href + "/" + p.ID + more }

func (p *faxPage) name() string { return "Fax of " + civil.When(p.ReceivedAt, p.loc, p.now).String() }

func (p *faxPage) answer(title words.Text, a web.Answer) web.Answer {
	a.Title, a.Errors = title, p.errors
	a.Crumbs = []ui.Link{faxesCrumb, {Text: words.AsIs(p.name())}}
	if title != "Fax" {
		a.Crumbs = []ui.Link{faxesCrumb, {Text: words.AsIs(p.name()), Href: p.path("")}, {Text: title}}
	}
	return a
}

func showFax(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openFax(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	if len(p.pages) > 0 {
		p.shown = p.pages[max(0, slices.IndexFunc(p.pages, fax.Page.Open))]
	}
	if n, err := strconv.Atoi(r.Query("page")); err == nil {
		if i := slices.IndexFunc(p.pages, func(one fax.Page) bool { return one.N == n }); i >= 0 {
			p.shown = p.pages[i]
		}
	}
	for _, one := range fax.Proposals(p.pages) {
		is := proposed{Proposal: one}
		is.target, err = fax.Find(ctx, r.Tx, r.By, one.Number)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return web.Answer{}, err
		}
		if is.found = err == nil; is.found && is.target.Order != nil {
			threads, err := message.Waiting(ctx, r.Tx, r.By, is.target.Order.ID)
			if err != nil {
				return web.Answer{}, err
			}
			is.waiting = len(threads) > 0
		}
		p.proposed = append(p.proposed, is)
	}
	return p.answer("Fax", web.Answer{Body: faxView(p), Wide: true}), nil
}

// neighbor is the page before or after the one shown, 0 for none.
func (p *faxPage) neighbor(by int) int {
	i := slices.IndexFunc(p.pages, func(one fax.Page) bool { return one.N == p.shown.N }) + by
	if i < 0 || i >= len(p.pages) {
		return 0
	}
	return p.pages[i].N
}

func (p *faxPage) picture(one fax.Page) string {
	return p.path("/pages/" + strconv.Itoa(one.N) + "?turn=" + strconv.Itoa(one.Turn))
}

// standing says what became of a page.
func (p *faxPage) standing(one fax.Page) (ui.TagKind, words.Text) {
	switch one.State {
	case fax.Put:
		return ui.TagSuccess, "On an order"
	case fax.Aside:
		return ui.TagNeutral, "Set aside"
	case fax.Reported:
		return ui.TagError, "Another patient’s"
	}
	if one.Code != "" {
		return ui.TagInfo, "Cover sheet"
	}
	return ui.TagNeutral, "Waiting"
}

func (p *faxPage) who(one fax.Page) string {
	what := ""
	switch one.State {
	case fax.PageWaiting:
		if one.Code == "" {
			return ""
		}
		return "Of " + order.Spaced(one.Code) + "."
	case fax.Put:
		what = order.Spaced(one.Number) + ". "
	case fax.Aside:
		what = fax.ReasonWords(one.Reason) + ". "
	}
	return what + "By " + one.Changer + ", " + civil.NearWhen(one.ChangedAt, p.loc, p.now).String() + "."
}

// cameWords say how the fax came.
func (p *faxPage) cameWords() string {
	from := "From an unknown number"
	if p.From != "" {
		from = "From " + p.From
	}
	how := map[string]string{"hand": ", uploaded by " + p.Taker, "folder": ", from the fax server", "order": ", taken out of an order by " + p.Taker}[p.Came]
	return from + how + ". Received " + civil.When(p.ReceivedAt, p.loc, p.now).String() + "."
}

func closeFax(ctx context.Context, r *web.Request) (web.Answer, error) {
	return web.Answer{SeeOther: faxesCrumb.Href}, fax.Close(ctx, r.Tx, r.By, r.PathValue("fax"))
}

// sendFax sends the file as it came, for what can't be shown.
func (p Pages) sendFax(ctx context.Context, r *web.Request) (web.Answer, error) {
	_, _, u, err := fax.Get(ctx, r.Tx, r.By, r.PathValue("fax"))
	if err != nil {
		return web.Answer{}, err
	}
	if u.BlobKey == "" || u.Status != attachment.Accepted {
		return web.Answer{}, fault.New(fault.NotFound, "We can't find that file.")
	}
	return web.Answer{File: web.Stored(ctx, p.Files, u.Name, u.MediaType, u.BlobKey)}, nil
}

// showFaxPage sends a page as a picture, turned as it was turned by hand. It is
// made each time it is read: kept pictures would be copies to guard.
func (p Pages) showFaxPage(ctx context.Context, r *web.Request) (web.Answer, error) {
	_, pages, u, err := fax.Get(ctx, r.Tx, r.By, r.PathValue("fax"))
	if err != nil {
		return web.Answer{}, err
	}
	chosen, err := fax.Chosen(pages, []int{numberOf(r)})
	if err != nil {
		return web.Answer{}, fault.New(fault.NotFound, "We can't find that page of the fax.")
	}
	ask := inspect.Ask{Do: inspect.Show, Type: fax.TypeOf(u), Pages: []int{chosen[0].N}, Turn: chosen[0].Turn}
	return web.Answer{File: &web.File{Name: "page-" + strconv.Itoa(chosen[0].N) + ".png", Type: inspect.PNG.Media(), Inline: true, Stream: func(w io.Writer) error {
		in, err := p.Files.Open(context.WithoutCancel(ctx), u.BlobKey)
		if err != nil {
			return err
		}
		defer in.Close()
		report, err := p.Reader.Run(context.WithoutCancel(ctx), ask, in, w)
		if err == nil && report.Verdict != inspect.Fine {
			err = fault.New(fault.Invalid, "%s", report.Why)
		}
		return err
	}}}, nil
}

func numberOf(r *web.Request) int {
	n, err := strconv.Atoi(r.PathValue("page"))
	if err != nil {
		return 0
	}
	return n
}

func (p *faxPage) at(n int) string { return p.path("?page=" + strconv.Itoa(n) + "#page") }

func turnFaxPage(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &faxPage{Fax: fax.Fax{ID: r.PathValue("fax")}}
	return web.Answer{SeeOther: p.at(numberOf(r))}, fax.Turn(ctx, r.Tx, r.By, p.ID, numberOf(r))
}

func putFaxPageBack(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &faxPage{Fax: fax.Fax{ID: r.PathValue("fax")}}
	return web.Answer{SeeOther: p.at(numberOf(r))}, fax.PutBack(ctx, r.Tx, r.By, p.ID, numberOf(r))
}

// choose reads which pages are meant: those that are checked, and those typed.
func (p *faxPage) choose(form url.Values) error {
	p.typed = form.Get("pages")
	var numbers []int
	for _, one := range form["p"] {
		if n, err := strconv.Atoi(one); err == nil {
			numbers = append(numbers, n)
		}
	}
	if p.typed != "" && len(p.pages) > 0 {
		more, err := attachment.Pages(p.typed, p.pages[len(p.pages)-1].N)
		if err != nil {
			return fault.Fields{"pages": words.Text(fault.Of(err).Text)}.Err()
		}
		numbers = append(numbers, more...)
	}
	slices.Sort(numbers)
	p.chosen = slices.Compact(numbers)
	_, err := fax.Chosen(p.pages, p.chosen)
	return err
}

// again shows the page of the fax with what is wrong.
func (p *faxPage) again(err error) (web.Answer, error) {
	if !fault.Is(err, fault.Invalid) {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "pages")
	if len(p.pages) > 0 {
		p.shown = p.pages[0]
	}
	return p.answer("Fax", web.Answer{Body: faxView(p), Wide: true}), err
}

func (p *faxPage) isChosen(n int) bool { return slices.Contains(p.chosen, n) }
