package review

import (
	"context"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/inspect"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// filePage is one file of a case, as a page of its own.
type filePage struct {
	o    order.Order
	plan plan.Plan
	file attachment.File
	page int
	// mayReport is whether the reader may say that it is another patient's.
	mayReport bool
	loc       *time.Location
	now       time.Time
}

// showFile shows a file of a case. Its content comes from where it would be
// downloaded from, which is what the audit tells of; without a script there is
// a link, and pictures are shown as they are.
func showFile(ctx context.Context, r *web.Request) (web.Answer, error) {
	none := fault.New(fault.NotFound, "We can't find that file.")
	if !r.By.Can(account.ReadClinical) {
		return web.Answer{}, none
	}
	p := &filePage{mayReport: r.By.Can(account.HandleFaxes), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	if p.o, err = caseOf(ctx, r); err != nil {
		return web.Answer{}, err
	}
	if err := review.MayOpen(ctx, r.Tx, r.By, p.o); err != nil {
		return web.Answer{}, err
	}
	if p.plan, err = plan.Get(ctx, r.Tx, p.o.PlanID); err != nil {
		return web.Answer{}, err
	}
	files, err := attachment.Of(ctx, r.Tx, string(p.o.ID))
	if err != nil {
		return web.Answer{}, err
	}
	var ok bool
	if p.file, ok = fileOf(files, r.PathValue("file")); !ok {
		return web.Answer{}, none
	}
	if p.page, err = strconv.Atoi(r.Query("page")); err != nil || p.page < 1 {
		p.page = 1
	}
	name := "Case " + order.Spaced(p.o.Number)
	return web.Answer{Title: words.Say("File of %s", name), Body: fileView(p), Wide: true,
		Crumbs: []ui.Link{{Text: "Queue", Href: "/review"}, {Text: words.AsIs(name), Href: "/review/cases/" + p.o.Number}, {Text: "File"}}}, nil
}

func fileOf(all []attachment.File, id string) (attachment.File, bool) {
	for _, f := range all {
		if f.ID == id {
			return f, true
		}
	}
	return attachment.File{}, false
}

// file is one of the case's files, and whether it has it.
func (p *casePage) file(id string) (attachment.File, bool) { return fileOf(p.files, id) }

func (p *casePage) document(f attachment.File, page int) ui.Document {
	return documentOf(p.o, f, page)
}

// documentOf is a file of an order as the viewer shows it, at a page; 0 for
// where it was or begins.
func documentOf(o order.Order, f attachment.File, page int) ui.Document {
	d := ui.Document{ID: f.ID, Name: f.Name, Type: f.MediaType, Src: "/orders/" + o.Number + "/files/" + f.ID, Pages: f.Pages, Page: page,
		Href: "/review/cases/" + o.Number + "/files/" + f.ID}
	if page > 0 {
		d.Href += "?page=" + strconv.Itoa(page)
	}
	if f.MediaType == inspect.TIFF.Media() {
		d.Pictures = d.Src + "/pages/"
	}
	return d
}

// picture is where a browser finds the page as a picture, "" for what is none.
func (p *filePage) picture() string {
	d := documentOf(p.o, p.file, p.page)
	switch {
	case d.Pictures != "":
		return d.Pictures + strconv.Itoa(p.page)
	case d.Type == inspect.JPG.Media() || d.Type == inspect.PNG.Media():
		return d.Src
	}
	return ""
}

// toPage is the address of another page of the file.
func (p *filePage) toPage(n int) string { return documentOf(p.o, p.file, n).Href }

func fileFacts(f attachment.File, loc *time.Location, now time.Time) string {
	words := f.Kind + ". "
	if f.Pages == 1 {
		words += "1 page. "
	} else if f.Pages > 1 {
		words += strconv.Itoa(f.Pages) + " pages. "
	}
	words += f.Scan.Words() + "."
	if f.Channel != "" && f.At != nil {
		words += " Came by " + strings.TrimSpace(f.Channel+" "+f.From) + ", " + civil.When(*f.At, loc, now).String() + "."
	}
	return words
}

// cameIn says how a request came in, when, and who took it down for the
// office: "By fax from Dana Fox, Mon, Nov 23, 9:00 AM CT. Taken down by Rosa
// Diaz for Cedar Orthopedics by fax."
func (p *benchPage) cameIn() string {
	words := "Through " + channelWords(p.o.Channel)
	if p.o.Caller != "" {
		words = "By " + channelWords(p.o.Channel) + " from " + p.o.Caller
	}
	words += ", " + civil.When(p.o.ReceivedAt, p.loc, p.now).String() + "."
	switch {
	case p.came.ActorName == "":
	case p.o.Caller != "":
		words += " Taken down by " + p.came.ActorName + "."
	default:
		words += " Sent by " + p.came.ActorName + "."
	}
	return words
}
