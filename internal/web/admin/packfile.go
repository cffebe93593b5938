package admin

import (
	"context"
	"io"

	"parley/internal/domain/account"
	"parley/internal/domain/config"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// takePack has a file's text put into the form of a pack's draft, to be looked
// at and saved.
var takePack = web.Slow{May: mayTakePack, Do: readPack, Then: showTakenPack}

// mostPack is how large the text of a pack may be, in bytes.
const mostPack = 256 << 10

func mayTakePack(_ context.Context, r *web.Request) (web.Answer, error) {
	r.Carry = &calendarFile{none: true}
	return web.Answer{}, r.By.Must(account.ManageProgram)
}

func readPack(_ context.Context, r *web.Request) error {
	file := r.Carry.(*calendarFile)
	return r.Parts(func(_, _ string, content io.Reader) (err error) {
		file.none = false
		file.text, err = io.ReadAll(io.LimitReader(content, mostPack+1))
		return err
	})
}

func showTakenPack(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &editPage{faults: map[string]words.Text{}}
	var err error
	if p.subjectPage, err = subjectOf(ctx, r, config.PackSubject(r.PathValue("pack"))); err != nil {
		return web.Answer{}, err
	}
	if p.open.State == config.Scheduled {
		return web.Answer{}, fault.New(fault.Conflict, "A version of this pack is scheduled. Take it off the schedule first.")
	}
	p.doc, p.revision = config.Doc{"text": p.begins()["text"]}, p.open.Revision
	p.seen = p.begins()
	file := r.Carry.(*calendarFile)
	switch {
	case file.none || len(file.text) == 0:
		p.faults["text"] = "Choose a file with the text of the pack"
	case len(file.text) > mostPack:
		p.faults["text"] = "The file must be 256 KB or smaller"
	default:
		p.doc["text"], p.taken = string(file.text), true
	}
	if p.faults["text"] != "" {
		err = fault.Fields{"text": p.faults["text"]}.Err()
		p.errors = web.Errors(err, "text")
		return p.answer(), err
	}
	if p.errors = p.eachLine(); len(p.errors) > 0 {
		p.faults["text"] = "The file has something wrong in it"
	}
	return p.answer(), nil
}
