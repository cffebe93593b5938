package admin

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/letter"
	"parley/internal/web"
)

// A templateSide is what stands beside a template: others for the same letters,
// the one in the other language, and versions that files set for a later day.
type templateSide struct {
	planNames
	source  letter.Source
	sibling *letter.Template // in the other language; nil where there is none
	drafted bool             // the sibling has a draft or a scheduled version
	changed bool             // source isn't what is live
	others  []*letter.Template
	coming  []*letter.Template
	live    *letter.Template // nil where nothing is yet
}

// besideTemplate finds what stands beside a document of a template.
func besideTemplate(ctx context.Context, r *web.Request, id string, doc config.Doc) (side *templateSide, err error) {
	side = &templateSide{source: config.SourceOf(id, doc)}
	if side.planNames, err = plansByCode(ctx, r); err != nil {
		return nil, err
	}
	all, err := letter.Currents(ctx, r.Tx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.ID == id {
			side.live = t
		} else if t.Kind == side.source.Kind && t.Audience == side.source.Audience && t.Language == side.source.Language && !t.Off && meet(t.Case(), side.source.Case) {
			side.others = append(side.others, t)
		}
	}
	side.changed = side.live == nil || side.live.Source() != side.source
	coming, err := letter.Coming(ctx, r.Tx)
	if err != nil {
		return nil, err
	}
	side.coming = slices.DeleteFunc(coming, func(t *letter.Template) bool { return t.ID != id })
	if side.sibling, err = side.source.Sibling(ctx, r.Tx); err != nil || side.sibling == nil {
		return side, err
	}
	pending, err := config.Pending(ctx, r.Tx, r.By)
	side.drafted = slices.ContainsFunc(pending, func(v config.Version) bool {
		return v.Subject == config.TemplateSubject(side.sibling.ID)
	})
	return side, err
}

// meet reports whether a letter could be made from either.
func meet(a, b letter.Case) bool {
	same := func(x, y string) bool { return x == "" || y == "" || x == y }
	return same(a.Plan, b.Plan) && same(a.Line, b.Line) && same(a.State, b.State)
}

// rivals say which of the others count before this one, and which after it.
func (s *templateSide) rivals() (all []string) {
	for _, t := range s.others {
		is := s.whose(t.Case()) + " (" + t.ID + "): "
		if s.source.CountsBefore(t) {
			all = append(all, is+"this one counts before it.")
		} else {
			all = append(all, is+"it counts before this one.")
		}
	}
	return all
}

// counterpart says what to know of the template in the other language; warns is
// whether something is to be done.
func (s *templateSide) counterpart() (says string, warns bool) {
	if s.sibling == nil {
		return "", false
	}
	name := languageWords(s.sibling.Language)
	switch {
	case s.lacksSibling():
		return fmt.Sprintf("Members who read %s get %s, which is for: %s. Write one for these in %s too.", name, s.sibling.ID, s.whose(s.sibling.Case()), name), true
	case s.drafted:
		return fmt.Sprintf("The one in %s, %s, has a draft or a scheduled version. Have it go live too.", name, s.sibling.ID), true
	case s.changed, s.live.Published.After(s.sibling.Published):
		return fmt.Sprintf("The one in %s, %s, is older. Change it too if it says the same.", name, s.sibling.ID), s.source.Language == "en"
	}
	return fmt.Sprintf("The one in %s is %s. It isn’t older.", name, s.sibling.ID), false
}

// lacksSibling reports whether the one in the other language is for others too:
// there is none for just these letters.
func (s *templateSide) lacksSibling() bool {
	own := s.sibling.Case()
	own.Language = s.source.Language
	return own != s.source.Case
}

// siblingLink leads to the one in the other language, or to where it is written.
func (s *templateSide) siblingLink() (text, href string) {
	if !s.lacksSibling() {
		return "Open " + s.sibling.ID, settingPath(config.TemplateSubject(s.sibling.ID))
	}
	with := url.Values{"from": {s.sibling.ID}, "plan": {s.source.Plan}, "line": {s.source.Line}, "state": {s.source.State}}
	return "Write it in " + languageWords(s.sibling.Language), "/admin/config/template/new?" + with.Encode()
}

// later says what files will change.
func (s *templateSide) later() (all []string) {
	for _, t := range s.coming {
		all = append(all, "Version "+t.Version+", published as a file, holds from "+civil.MediumDate(t.From).String()+" on. It takes the place of what is live then.")
	}
	return all
}

// clausesWords say whether the clauses are there that these letters can't be
// without.
func (s *templateSide) clausesWords() string {
	n := 0
	for _, c := range s.source.Clauses() {
		if c.Needed && !c.There {
			return "The clause " + c.Code + " is missing."
		}
		if c.Needed {
			n++
		}
	}
	switch n {
	case 0:
		return "These letters need no clause."
	case 1:
		return "The clause that these letters need is there."
	}
	return "All " + count(n, "clause") + " that these letters need are there."
}

// checks are the findings about a letter of a made-up case, and how it reads.
func (s *templateSide) checks() (found []letter.Finding, reading string) {
	if found = s.source.Check(); letter.Blocking(found) {
		return found, ""
	}
	t, err := s.source.Read()
	if err != nil {
		return found, ""
	}
	if l, err := t.Sample(); err == nil {
		reading = l.Reading()
	}
	return found, reading
}
