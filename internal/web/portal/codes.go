package portal

import (
	"bytes"
	"context"

	"parley/internal/domain/code"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/web"
	"parley/internal/web/ui"
)

// offerCodes answers what a diagnosis being typed could mean.
func offerCodes(ctx context.Context, r *web.Request) (web.Answer, error) {
	all, total, err := code.Search(ctx, r.Tx, code.ICD10CM, r.Query("q"), mostFound)
	if err != nil {
		return web.Answer{}, err
	}
	return offered(ctx, codeOptions(all), total)
}

// offerProcedures answers what a procedure being typed could mean, on the list
// of the request's plan.
func offerProcedures(ctx context.Context, r *web.Request) (web.Answer, error) {
	q, err := request.Get(ctx, r.Tx, r.By, r.PathValue("request"))
	if err != nil {
		return web.Answer{}, err
	}
	all, err := plan.FindProcedures(ctx, r.Tx, q.Patient.PlanID, q.Patient.Line, q.Patient.Typed.Service, r.Query("q"), 500)
	options := procedureOptions(all)
	if err != nil {
		return web.Answer{}, err
	}
	return offered(ctx, options[:min(mostFound, len(options))], len(options))
}

func offered(ctx context.Context, options []ui.Option, total int) (web.Answer, error) {
	var body bytes.Buffer
	err := ui.Offers(options, total).Render(ctx, &body)
	return web.Answer{File: &web.File{Type: "text/html; charset=utf-8", Inline: true, Body: body.Bytes()}}, err
}
