package review

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// matchPage says which member a patient is whom the office entered by hand.
type matchPage struct {
	*casePage
	entered        member.Member
	found          []member.Candidate // of the order's plan
	searched       bool
	number, chosen string
	born           string
}

func openMatch(ctx context.Context, r *web.Request) (*matchPage, error) {
	c, err := openCase(ctx, r)
	if err != nil {
		return nil, err
	}
	p := &matchPage{casePage: c, number: c.o.MemberNumber, born: text(c.o.Patient.Born)}
	if p.entered, err = member.Get(ctx, r.Tx, member.ID(c.o.MemberID)); err != nil {
		return nil, err
	}
	p.found, err = order.Candidates(ctx, r.Tx, r.By, c.o)
	return p, err
}

func (p *matchPage) page() web.Answer {
	return p.answer(matchView(p), ui.Link{Text: "Patient"})
}

func askMatch(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openMatch(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	return p.page(), nil
}

// findMatch looks for other members, by another number or date of birth.
func findMatch(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openMatch(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.number, p.born, p.searched = strings.TrimSpace(r.Value("find_number")), strings.TrimSpace(r.Value("find_born")), true
	f := fault.Fields{}
	born, ok := dateOf(p.born)
	f.Check(ok, "find_born", "Date of birth must be a real date, like 11/24/1986")
	f.Check(p.number != "", "find_number", "Enter the member ID")
	if err = f.Err(); err == nil {
		seen := p.entered
		seen.Born = born
		p.found, err = member.Candidates(ctx, r.Tx, r.By, seen, p.o.PlanID, p.number)
	}
	return p.refused(err)
}

func saveMatch(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openMatch(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	p.chosen = r.Value("patient")
	id, coverage, _ := strings.Cut(p.chosen, "|")
	version, err := strconv.Atoi(r.Value("version"))
	if err != nil {
		version = p.o.Version
	}
	if _, err = order.MatchPatient(ctx, r.Tx, r.By, p.o, version, member.ID(id), coverage); err == nil {
		return web.Answer{SeeOther: "/review/cases/" + p.o.Number}, nil
	}
	return p.refused(err)
}

// refused shows the page again with what is wrong, if anything is.
func (p *matchPage) refused(err error) (web.Answer, error) {
	f := fault.Of(err)
	if err != nil && f.Kind == fault.Internal {
		return web.Answer{}, err
	}
	if err != nil {
		p.faults, p.errors = f.Fields, web.Errors(err, "patient", "find_number", "find_born")
	}
	return p.page(), err
}

// agreement says in words what is the same, and what isn't.
func agreement(c member.Candidate) string {
	var same, not []string
	for _, one := range []struct {
		words string
		same  bool
	}{{"member ID", c.SameNumber}, {"name", c.SameName}, {"date of birth", c.SameBorn}} {
		if one.same {
			same = append(same, one.words)
		} else {
			not = append(not, one.words)
		}
	}
	if len(not) == 0 {
		return "The same: " + strings.Join(same, ", ")
	}
	return "The same: " + strings.Join(same, ", ") + ". Not the same: " + strings.Join(not, ", ")
}

func (p *matchPage) choices() ui.Group {
	g := ui.Group{Name: "patient", Legend: "Which member is it?", Error: p.faults["patient"]}
	for _, c := range p.found {
		value := string(c.Member.ID) + "|" + c.Coverage.ID
		where := strings.Join(slices.DeleteFunc([]string{c.Member.Line, c.City, c.State}, func(s string) bool { return s == "" }), ", ")
		hint := []string{"Born " + ui.BirthDate(c.Born).String(), "member ID " + c.Number, where, agreement(c)}
		g.Options = append(g.Options, ui.Option{Value: value, Label: words.Say("%s %s", c.First, c.Last), Checked: p.chosen == value,
			Hint: words.AsIs(strings.Join(slices.DeleteFunc(hint, func(s string) bool { return s == "" }), " · "))})
	}
	return g
}
