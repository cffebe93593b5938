package help

import (
	"context"
	"strconv"

	"parley/internal/domain/survey"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// surveyPage is a survey as it is filled in.
type surveyPage struct {
	s      survey.Survey
	values map[string]string
	words  string
	faults map[string]words.Text
	errors []ui.FieldError
	key    string
}

func openSurvey(ctx context.Context, r *web.Request) (p *surveyPage, err error) {
	p = &surveyPage{key: r.Key(), values: map[string]string{}, faults: map[string]words.Text{}}
	p.s, err = survey.Get(ctx, r.Tx, r.By, r.PathValue("survey"))
	return p, err
}

func (p *surveyPage) answer() web.Answer {
	return web.Answer{Title: "How did it go?", Body: surveyView(p), Errors: p.errors}
}

func (p *surveyPage) path() string { return "/help/survey/" + p.s.ID }

func showSurvey(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSurvey(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func answerSurvey(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openSurvey(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	var order []string
	for _, q := range survey.Questions {
		p.values[q.Key] = r.Value(q.Key)
		order = append(order, q.Key)
	}
	p.words = r.Value("words")
	err = survey.Answer(ctx, r.Tx, r.By, p.s.ID, p.values, p.words)
	if err == nil {
		return web.Answer{SeeOther: p.path()}, nil
	}
	if fault.Of(err).Kind != fault.Invalid {
		return web.Answer{}, err
	}
	p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, append(order, "words")...)
	return p.answer(), err
}

func skipSurvey(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("survey")
	return web.Answer{SeeOther: "/help/survey/" + id}, survey.Skip(ctx, r.Tx, r.By, id, r.Value("never") == "yes")
}

// group is a question with its answers.
func (p *surveyPage) group(q survey.Question) ui.Group {
	g := ui.Group{Name: q.Key, Legend: words.Text(q.Words), Error: p.faults[q.Key]}
	for _, o := range q.Options {
		g.Options = append(g.Options, ui.Option{Value: o.Value, Label: words.Text(o.Words), Checked: p.values[q.Key] == o.Value})
	}
	return g
}

// lately says about what the survey is.
func (p *surveyPage) lately() words.Text {
	if p.s.About == survey.Call {
		return "You had a peer-to-peer call with us recently."
	}
	return "We decided on a request of yours recently."
}

func fewest() string { return strconv.Itoa(survey.Fewest) }
