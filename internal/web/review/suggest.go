package review

import (
	"context"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/review"
	"parley/internal/web"
)

// suggest fills the reasons of an empty determination with what was marked:
// the criteria that the records don't meet or show, what was looked at, and
// what would help. The physician edits it; where all is approved none of it is
// kept.
func (p *casePage) suggest(ctx context.Context, r *web.Request) error {
	b, err := p.bench(ctx, r)
	if err != nil {
		return err
	}
	var lacking, helps, first []string
	for _, q := range b.answers {
		b.each(q.Meter().Lines, func(l guideline.MeterLine) {
			m, marked := b.mark(q, l)
			if !marked || m.Says == review.MarkMet {
				return
			}
			lacking = append(lacking, strings.ToLower(review.SaysWords[m.Says])+": "+strings.TrimSuffix(l.Sentence, "."))
			first = append(first, q.Guideline.Name()+": "+strings.TrimSuffix(l.Sentence, "."))
			if l.Evidence != "" {
				helps = append(helps, strings.TrimSuffix(l.Evidence, "."))
			}
		})
	}
	if len(lacking) == 0 {
		return nil
	}
	reason := sentenceOf(lacking)
	p.form.rationale, p.form.wouldChange, p.form.reviewed = reason, sentenceOf(helps), b.looked()
	for n, l := range p.form.lines {
		l.reason, l.criterion = reason, first[0]
		p.form.lines[n] = l
	}
	return nil
}

// sentenceOf puts parts together to one sentence.
func sentenceOf(parts []string) string {
	s := strings.Join(parts, "; ")
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// looked names what is there to look at.
func (p *benchPage) looked() string {
	var all []string
	if p.answered {
		all = append(all, "the clinical answers")
	}
	for _, f := range p.files {
		all = append(all, f.Name+" of "+civil.MediumDate(civil.DateIn(f.AddedAt, p.loc)).String())
	}
	return sentenceOf(all)
}
