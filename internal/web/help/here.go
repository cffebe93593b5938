package help

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/help"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/words"
)

// herePage is help with one page: how its task goes, questions about it, and
// whom to reach about the plan it was about.
type herePage struct {
	topic     help.Topic
	section   section
	questions []help.Entry
	plan      plan.Plan // zero where the page was about none
	desks     []help.Desk
	report    string // where a problem with the page is reported
	now       time.Time
}

func showHere(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &herePage{topic: help.TopicOf(r.PathValue("topic")), now: r.Tx.Now(), report: reportOf(cameFrom(r))}
	if p.topic.Key == "" {
		return web.Answer{}, noGuide()
	}
	g, err := guideNamed(ctx, p.topic.Guide)
	if err != nil {
		return web.Answer{}, err
	}
	p.section, _ = g.section(p.topic.Section)
	program := ""
	if p.plan, program, err = about(ctx, r); err != nil {
		return web.Answer{}, err
	}
	all, err := help.Shown(ctx, r.Tx)
	if err != nil {
		return web.Answer{}, err
	}
	p.questions = slices.DeleteFunc(all, func(e help.Entry) bool {
		return e.Kind != help.Question || e.Topic != p.topic.Key || !e.For(p.plan.Code, program)
	})
	if p.plan.ID != "" {
		p.desks, err = help.Desks(ctx, r.Tx, p.plan.Code, program)
	}
	return web.Answer{Title: words.Say("Help with: %s", p.topic.Name), Body: hereView(p, r.Settings.Support)}, err
}

// about is the plan and the code of the program of what the reader was looking
// at. What they may not see, or nobody has, is about no plan: whose it is
// isn't told.
func about(ctx context.Context, r *web.Request) (p plan.Plan, program string, err error) {
	if !r.By.Known() {
		return p, "", nil
	}
	var id plan.ID
	var programID plan.ProgramID
	switch {
	case r.Query("order") != "":
		o, found := order.Find(ctx, r.Tx, r.By, `number = `, order.Digits(r.Query("order")))
		id, programID, err = o.PlanID, o.ProgramID, found
	case r.Query("call") != "":
		_, o, found := peer.Get(ctx, r.Tx, r.By, r.Query("call"))
		id, programID, err = o.PlanID, o.ProgramID, found
	case r.Query("request") != "":
		q, found := request.Get(ctx, r.Tx, r.By, r.Query("request"))
		id, err = q.Patient.PlanID, found
	}
	if kind := fault.Of(err).Kind; err != nil && (kind == fault.NotFound || kind == fault.Denied) {
		return p, "", nil
	}
	if err != nil || id == "" {
		return p, "", err
	}
	if p, err = plan.Get(ctx, r.Tx, id); err != nil || programID == "" {
		return p, "", err
	}
	g, err := plan.GetProgram(ctx, r.Tx, programID)
	return p, g.Code, err
}
