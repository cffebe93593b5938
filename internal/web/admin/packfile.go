package admin

import (
	"context"

	"parley/internal/domain/config"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// takePack has a file's text put into the form of a pack's draft, to be looked
// at and saved.
var takePack = web.Slow{May: maySend, Do: readSent(mostPack), Then: showTakenPack}

// mostPack is how large the text of a pack may be, in bytes.
const mostPack = 256 << 10

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
	file := r.Carry.(*sentFile)
	switch {
	case file.none || len(file.content) == 0:
		p.faults["text"] = "Choose a file with the text of the pack"
	case len(file.content) > mostPack:
		p.faults["text"] = "The file must be 256 KB or smaller"
	default:
		p.doc["text"], p.taken = string(file.content), true
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
