package portal

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// draftsPage lists the requests an office can go on with.
type draftsPage struct {
	all     []request.Request
	deleted bool
	key     string
	loc     *time.Location
	now     time.Time
}

func listDrafts(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &draftsPage{deleted: r.Query("show") == "deleted", key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	p.all, err = request.Drafts(ctx, r.Tx, r.By, p.deleted)
	return web.Answer{Title: "Drafts", Body: draftsView(p), Wide: true}, err
}

func deleteDraft(ctx context.Context, r *web.Request) (web.Answer, error) {
	d, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err == nil {
		_, err = request.Delete(ctx, r.Tx, r.By, d)
	}
	return web.Answer{SeeOther: "/drafts?show=deleted"}, err
}

// extendDraft has a draft live on for two more weeks.
func extendDraft(ctx context.Context, r *web.Request) (web.Answer, error) {
	d, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err == nil {
		d, err = request.Extend(ctx, r.Tx, r.By, d)
	}
	return web.Answer{SeeOther: "/requests/" + d.Number}, err
}

func restoreDraft(ctx context.Context, r *web.Request) (web.Answer, error) {
	d, err := request.Restore(ctx, r.Tx, r.By, r.PathValue("request"))
	return web.Answer{SeeOther: "/requests/" + d.Number}, err
}

func (p *draftsPage) table() ui.TableView {
	t := ui.TableView{Caption: "Drafts, the last saved first", Columns: []ui.Column{{Header: "Patient"}, {Header: "Service"}, {Header: "Started by"}, {Header: "Last saved"}, {Header: "Progress"}, {Header: "Expires"}}}
	if p.deleted {
		t.Caption = "Deleted drafts, the last saved first"
		t.Columns[5] = ui.Column{Header: "Bring back", Hidden: true}
	}
	for _, d := range p.all {
		done := 0
		for _, part := range d.Parts() {
			if d.Done(part) {
				done++
			}
		}
		last := ui.Text(civil.Deadline(d.ExpiresAt, p.loc, p.now))
		if p.deleted {
			last = restoreForm(p, d)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templ.Component{
			draftLink(p, d), ui.Text(words.AsIs(serviceWords(d.Order))), ui.Text(words.AsIs(d.CreatedName)), ui.Text(words.Say("%s by %s", civil.NearWhen(d.ChangedAt, p.loc, p.now), d.ChangedName)),
			ui.Text(words.Say("%s of %s", strconv.Itoa(done), strconv.Itoa(len(d.Parts())))), last,
		}})
	}
	return t
}

// draftName is what a draft is known by: its patient, once there is one.
func draftName(d request.Request) words.Text {
	if d.Patient.Chosen() {
		return words.AsIs(d.Patient.Name())
	}
	return words.Say("No patient yet, %s", order.Spaced(d.Number))
}
