package admin

import (
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// takeGuideline has a file put into the form of a guideline's draft, to be
// looked at and saved. A FHIR Questionnaire by itself takes the place of the
// guideline's own.
var takeGuideline = web.Slow{May: maySend, Do: readSent(mostGuideline), Then: showTakenGuideline}

// mostGuideline is how large the text of a guideline may be, in bytes: the form
// holds it twice.
const mostGuideline = 300 << 10

func showTakenGuideline(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	file := r.Carry.(*sentFile)
	id := r.PathValue("guideline")
	p, err := guidelineForm(ctx, r, id, string(file.content))
	if err != nil {
		return web.Answer{}, err
	}
	if p.open.State == config.Scheduled {
		return web.Answer{}, fault.New(fault.Conflict, "A version of this guideline is scheduled. Take it off the schedule first.")
	}
	switch {
	case file.none || len(file.content) == 0:
		p.faults["text"] = "Choose a file with a guideline or a questionnaire"
	case len(file.content) > mostGuideline:
		p.faults["text"] = "The file must be 300 KB or smaller"
	default:
		p.taken = true
		doc, whole := config.WithQuestionnaire(p.doc, string(file.content))
		if p.doc = doc; !whole {
			p.doc = config.Doc{"text": string(file.content)}
		}
	}
	if p.faults["text"] != "" {
		err = fault.Fields{"text": p.faults["text"]}.Err()
		p.errors = web.Errors(err, "text")
		return p.answer(), err
	}
	if p.errors = p.eachMistake(); len(p.errors) > 0 {
		p.faults["text"] = "The file has something wrong in it"
	}
	return p.answer(), nil
}

// guidelineForm is the form of a guideline: the one that the address names, else
// the one that the text is of, else a new one.
func guidelineForm(ctx context.Context, r *web.Request, id, text string) (*editPage, error) {
	p := &editPage{faults: map[string]words.Text{}}
	if v, _ := config.GuidelineOf(config.Doc{"text": text}); id == "" && v != nil {
		id = v.ID
	}
	var err error
	if id != "" {
		p.subjectPage, err = subjectOf(ctx, r, config.GuidelineSubject(id))
	}
	if id == "" || fault.Is(err, fault.NotFound) && r.PathValue("guideline") == "" {
		p.subjectPage, err = newSubject(r, config.GuidelineSubject(""))
	}
	if err != nil {
		return nil, err
	}
	p.doc, p.revision = p.begins(), p.open.Revision
	p.seen = p.doc
	return p, nil
}

// guidelineErrors are why a draft doesn't go live, with the way to the report.
func guidelineErrors(all []ui.FieldError) []ui.FieldError {
	for i := range all {
		if all[i].Field == "" {
			all[i].Field = "coverage"
		}
	}
	return all
}
