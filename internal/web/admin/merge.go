package admin

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/domain/merge"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// mergePage chooses the record that stays, then says what would happen.
type mergePage struct {
	from    account.Organization
	q       string
	found   []account.Organization // that could stay
	chosen  bool
	why     string // the two can't become one
	preview merge.Preview
	reason  string
	posts   string // "narrow" or "same"
	confirm string
	faults  map[string]words.Text
	errors  []ui.FieldError
	key     string
}

func openMerge(ctx context.Context, r *web.Request, into string) (*mergePage, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return nil, err
	}
	o, err := account.GetOrganization(ctx, r.Tx, r.PathValue("organization"))
	if err != nil {
		return nil, err
	}
	p := &mergePage{from: o, q: strings.TrimSpace(r.Query("q")), chosen: into != "", posts: "narrow", faults: map[string]words.Text{}, key: r.Key()}
	if !p.chosen {
		return p, p.search(ctx, r)
	}
	p.preview, err = merge.Look(ctx, r.Tx, r.By, o.ID, into)
	if fault.Is(err, fault.Conflict) {
		p.why, err = fault.Of(err).Text.String(), nil
	}
	return p, err
}

// search finds what could stay: what looks like the same office first, then
// what was asked for.
func (p *mergePage) search(ctx context.Context, r *web.Request) (err error) {
	if p.q == "" {
		p.found, err = account.Twins(ctx, r.Tx, r.By, p.from)
		return err
	}
	all, err := account.SearchedOrganizations(ctx, r.Tx, r.By, p.q, shownOrganizations)
	for _, o := range all {
		if o.ID != p.from.ID && o.Kind == p.from.Kind {
			p.found = append(p.found, o)
		}
	}
	return err
}

func (p *mergePage) path() string { return organizationPath(p.from.ID) + "/merge" }

func (p *mergePage) with(into string) string { return p.path() + "?into=" + url.QueryEscape(into) }

func (p *mergePage) answer() web.Answer {
	return web.Answer{Title: words.Say("Merge %s", p.from.Name), Body: mergeView(p), Errors: p.errors,
		Crumbs: crumbs("Merge", organizationsCrumb, ui.Link{Text: words.AsIs(p.from.Name), Href: organizationPath(p.from.ID)})}
}

func showMerge(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := openMerge(ctx, r, r.Query("into"))
	if err != nil {
		return web.Answer{}, err
	}
	return p.answer(), nil
}

func mergeOrganization(ctx context.Context, r *web.Request) (web.Answer, error) {
	into := r.Value("into")
	p, err := openMerge(ctx, r, into)
	if err != nil {
		return web.Answer{}, err
	}
	p.reason, p.posts, p.confirm = r.Value("reason"), r.Value("posts"), r.Value("confirm")
	done, err := merge.Do(ctx, r.Tx, r.Settings.Box, r.By, merge.Wish{From: p.from.ID, Into: into, Reason: p.reason, Narrow: p.posts != "same", Confirm: p.confirm})
	switch {
	case fault.Is(err, fault.Invalid):
		p.faults, p.errors = fault.Of(err).Fields, web.Errors(err, "reason", "confirm")
		return p.answer(), err
	case err != nil:
		return web.Answer{}, err
	case !done:
		return web.Answer{SeeOther: organizationPath(p.from.ID) + ""}, nil
	}
	return web.Answer{SeeOther: organizationPath(into) + "?done=merged"}, nil
}

func (p *mergePage) parts() (all []ui.SummaryRow) {
	for _, one := range p.preview.Parts {
		value := grouped(int64(one.N))
		if one.What != "" {
			value += " (" + one.What + ")"
		}
		all = append(all, ui.SummaryRow{Key: words.AsIs(one.Name), Value: words.AsIs(value)})
	}
	return all
}

// side is what the two records say, side by side.
func (p *mergePage) sides() ui.TableView {
	a, b := p.preview.From, p.preview.Into
	t := ui.TableView{Caption: "The two records", Columns: []ui.Column{{Header: "What"}, {Header: "Goes"}, {Header: "Stays"}}}
	for _, line := range [][3]string{{"Name", a.Name, b.Name}, {"NPI", a.NPI, b.NPI}, {"Tax ID", a.TIN, b.TIN}, {"Phone", a.Phone, b.Phone},
		{"Who sees what", seesWords(a.Sees), seesWords(b.Sees)}, {"Codes by mail", yesNo(a.MailedCodes), yesNo(b.MailedCodes)}, {"Passwords end after", daysOrNever(a.PasswordDays), daysOrNever(b.PasswordDays)}} {
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(line[0])), ui.Text(words.AsIs(orNone(line[1]))), ui.Text(words.AsIs(orNone(line[2])))}})
	}
	return t
}

func yesNo(b bool) string {
	if b {
		return "Allowed"
	}
	return "Not allowed"
}

// numbersOf tell one organization from another of its name.
func numbersOf(o account.Organization) string {
	var all []string
	for _, one := range [][2]string{{"NPI ", o.NPI}, {"tax ID ", o.TIN}, {"phone ", o.Phone}} {
		if one[1] != "" {
			all = append(all, one[0]+one[1])
		}
	}
	if len(all) == 0 {
		return "No NPI, tax ID or phone"
	}
	return strings.Join(all, ", ")
}

func daysOrNever(days int) string {
	if days == 0 {
		return "Never"
	}
	return strconv.Itoa(days) + " days"
}

func (p *mergePage) postsGroup() ui.Group {
	narrow := "Who worked at all its locations works at those that come along"
	if p.preview.FromAdmins > 0 {
		narrow += ", and its " + count(p.preview.FromAdmins, "administrator") + " don’t administer the other. Orders of no location are theirs no more, but for those they entered"
		if p.preview.FromAdmins == 1 {
			narrow = strings.Replace(narrow, "don’t", "doesn’t", 1)
		}
	}
	if p.preview.IntoAdmins == 0 && p.preview.FromAdmins > 0 {
		narrow += ". Nobody would administer " + p.preview.Into.Name
	}
	same := "Who works at all its locations (" + count(p.preview.AllOver, "person") + ") would work at all of " + p.preview.Into.Name + ", and its administrators would administer that"
	return ui.Group{Name: "posts", Legend: "What its people may do then", Options: []ui.Option{
		{Value: "narrow", Label: "No more than now", Hint: words.AsIs(narrow), Checked: p.posts != "same"},
		{Value: "same", Label: "Their posts stay as they are", Hint: words.AsIs(same), Checked: p.posts == "same"},
	}}
}
