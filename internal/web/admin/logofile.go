package admin

import (
	"context"
	"maps"

	"parley/internal/domain/config"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// mostLogoFile is how much of a file is read, in bytes: more than a logo may have.
const mostLogoFile = 1 << 20

// takeLogo puts a picture into the draft of a plan, to be looked at before
// letters have it.
var takeLogo = web.Slow{May: maySend, Do: readSent(mostLogoFile), Then: keepLogo}

func keepLogo(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &editPage{faults: map[string]words.Text{}}
	var err error
	if p.subjectPage, err = subjectOf(ctx, r, config.Subject{Kind: "plan", ID: r.PathValue("plan")}); err != nil {
		return web.Answer{}, err
	}
	if p.open.State == config.Scheduled {
		return web.Answer{}, fault.New(fault.Conflict, "A change of this plan is scheduled. Take it off the schedule first.")
	}
	p.doc, p.revision = p.begins(), p.open.Revision
	p.seen = p.doc
	id, err := plan.KeepLogo(ctx, r.Tx, r.By, r.Carry.(*sentFile).content)
	if err == nil {
		draft := maps.Clone(p.doc)
		draft["logo"] = id
		_, err = config.Save(ctx, r.Tx, r.By, p.s, draft, p.revision)
	}
	if fault.Is(err, fault.Invalid) {
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "logo")
		return p.answer(), err
	}
	return web.Answer{SeeOther: p.path() + "/preview"}, err
}
