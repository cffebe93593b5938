package admin

import (
	"context"
	"errors"
	"strconv"

	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/ical"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// mostFile is how large a calendar file may be, in bytes.
const mostFile = 2 << 20

// takeCalendar has a calendar file's days put into the form of a draft, to be
// looked at, given names in Spanish and saved.
var takeCalendar = web.Slow{May: mayTakeCalendar, Do: readSent(mostFile), Then: showTaken}

func mayTakeCalendar(ctx context.Context, r *web.Request) (web.Answer, error) {
	if _, err := maySend(ctx, r); err != nil {
		return web.Answer{}, err
	}
	_, err := plan.Get(ctx, r.Tx, plan.ID(r.PathValue("plan")))
	return web.Answer{}, err
}

func showTaken(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &editPage{faults: map[string]words.Text{}}
	var err error
	if p.subjectPage, err = subjectOf(ctx, r, config.CalendarSubject(plan.ID(r.PathValue("plan")))); err != nil {
		return web.Answer{}, err
	}
	if p.open.State == config.Scheduled {
		return web.Answer{}, fault.New(fault.Conflict, "A change of these holidays is scheduled. Take it off the schedule first, under Drafts and versions.")
	}
	p.doc, p.revision = p.begins(), p.open.Revision
	p.seen = p.doc
	file := r.Carry.(*sentFile)
	read, err := config.AddFile(p.doc, file.content)
	switch {
	case file.none:
		err = fault.Fields{"file": "Choose a calendar file"}.Err()
	case len(file.content) > mostFile:
		err = fault.Fields{"file": "The file must be 2 MB or smaller"}.Err()
	case errors.Is(err, ical.ErrTooMany):
		err = fault.Fields{"file": "The file has too many events to read"}.Err()
	case err != nil:
		err = fault.Fields{"file": "This isn’t a calendar file with days in it. Export one as .ics from your calendar program"}.Err()
	}
	if err != nil {
		return refuseFile(ctx, r, err)
	}
	p.doc, p.file = read.Doc, &read
	return p.answer(), nil
}

// refuseFile shows the page of the plan's holidays with what is wrong with the
// file.
func refuseFile(ctx context.Context, r *web.Request, err error) (web.Answer, error) {
	c, opened := calendar(ctx, r)
	if opened != nil {
		return web.Answer{}, opened
	}
	c.faults, c.errors = fault.Of(err).Fields, web.Errors(err, "file")
	return c.answer(), err
}

// takenWords say what the file added.
func takenWords(f *config.FileRead) string {
	said := upper(count(f.Added, "day")) + " of the file " + stand(f.Added) + " below, not saved yet."
	if f.There > 0 {
		said += " " + strconv.Itoa(f.There) + " " + stand(f.There) + " in the list already."
	}
	if f.Added > 0 {
		said += " Put a name in Spanish behind each, like Thanksgiving | Día de Acción de Gracias, then save the draft."
	}
	return said
}

func stand(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

// rejectedTable lists each event of the file that is no holiday, with why.
func rejectedTable(all []config.Rejected) ui.TableView {
	t := ui.TableView{Caption: words.AsIs(upper(count(len(all), "event")) + " of the file that can’t be taken"), Columns: []ui.Column{{Header: "Event"}, {Header: "Name"}, {Header: "Why"}}}
	for _, r := range all {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(strconv.Itoa(r.N))), ui.Text(words.AsIs(r.Title)), ui.Text(words.AsIs(r.Why))}})
	}
	return t
}
