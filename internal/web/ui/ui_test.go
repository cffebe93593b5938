package ui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"parley/internal/web/ui"
	"parley/internal/web/ui/gallery"
)

const hostile = `<script>alert("x")</script>`

// page is a component as a browser understands it.
type page struct {
	t    *testing.T
	root *html.Node
}

func draw(t *testing.T, c templ.Component) page {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return page{t, root}
}

// all lists the elements for which ok is true, in their order.
func (p page) all(ok func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && ok(n) {
			found = append(found, n)
		}
	}
	return found
}

func (p page) tag(name string) *html.Node {
	p.t.Helper()
	found := p.all(func(n *html.Node) bool { return n.Data == name })
	if len(found) == 0 {
		p.t.Fatalf("there is no <%s>", name)
	}
	return found[0]
}

func (p page) id(id string) *html.Node {
	p.t.Helper()
	found := p.all(func(n *html.Node) bool { return attr(n, "id") == id })
	if len(found) != 1 {
		p.t.Fatalf("%d elements have the id %q", len(found), id)
	}
	return found[0]
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func isControl(n *html.Node) bool {
	switch n.Data {
	case "input":
		return attr(n, "type") != "hidden"
	case "select", "textarea":
		return true
	}
	return false
}

// Over the whole gallery: ids are unique, controls have labels, and what is referred to exists.
func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	p := draw(t, gallery.Page(""))
	ids, labels := map[string]bool{}, map[string]bool{}
	for _, n := range p.all(func(*html.Node) bool { return true }) {
		if id := attr(n, "id"); ids[id] {
			t.Errorf("the id %q is used twice", id)
		} else if id != "" {
			ids[id] = true
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	}
	for _, n := range p.all(isControl) {
		if !labels[attr(n, "id")] {
			t.Errorf("%q has no label", attr(n, "id"))
		}
	}
	for _, n := range p.all(func(*html.Node) bool { return true }) {
		refs := strings.Fields(attr(n, "aria-describedby") + " " + attr(n, "aria-labelledby") + " " + attr(n, "aria-controls") + " " + attr(n, "for"))
		if link := attr(n, "href"); len(link) > 1 && link[0] == '#' {
			refs = append(refs, link[1:])
		}
		for _, ref := range refs {
			if !ids[ref] {
				t.Errorf("<%s> refers to %q, which is not there", n.Data, ref)
			}
		}
	}
}

func TestNothingTypedBecomesMarkup(t *testing.T) {
	reveal := ui.Text(hostile)
	for name, c := range map[string]templ.Component{
		"text field": ui.TextField(ui.Field{Name: "a", Label: hostile, Hint: hostile, Value: hostile, Error: hostile}),
		"text area":  ui.TextArea(ui.Field{Name: "a", Label: "A", Value: "</textarea>" + hostile}, 3),
		"radios":     ui.Radios(ui.Group{Name: "a", Legend: hostile, Options: []ui.Option{{Value: hostile, Label: hostile, Hint: hostile, Reveal: reveal}}}),
		"select":     ui.SelectField(ui.Field{Name: "a", Label: "A"}, []ui.Option{{Value: hostile, Label: "</select>" + hostile}}),
		"summary":    ui.SummaryList([]ui.SummaryRow{{Key: hostile, Value: hostile, ChangeHref: "#", ChangeWhat: hostile}}),
		"errors":     ui.ErrorSummary([]ui.FieldError{{Field: `"><script>`, Text: hostile}}),
		"timeline":   ui.Timeline([]ui.Moment{{Title: hostile, Who: hostile, When: hostile, Text: hostile}}),
		"tag":        ui.Tag(ui.TagKind(hostile), hostile),
		"copy":       ui.CopyButton(hostile, "Copy"),
		"table":      ui.Table(ui.TableView{Caption: hostile, Columns: []ui.Column{{Header: hostile}}, Rows: []ui.Row{{Class: hostile, Cells: []templ.Component{ui.Text(hostile)}}}}),
		"layout":     ui.Layout(ui.Shell{Title: "</title>" + hostile, Theme: hostile, Search: hostile, ShowSearch: true}),
	} {
		p := draw(t, c)
		for _, n := range p.all(func(n *html.Node) bool { return n.Data == "script" && attr(n, "src") == "" }) {
			t.Errorf("%s: a script got into the page: %s", name, text(n))
		}
	}
}

func TestLinksNeverRunScript(t *testing.T) {
	p := draw(t, ui.ButtonLink("Go", "javascript:alert(1)"))
	if got := attr(p.tag("a"), "href"); strings.HasPrefix(got, "javascript") {
		t.Errorf("the link is %q", got)
	}
}

func TestFieldTiesHintAndErrorToItsInput(t *testing.T) {
	p := draw(t, ui.TextField(ui.Field{Name: "npi", Label: "NPI", Hint: "10-digit number", Error: "NPI must be 10 digits", Value: "12", Optional: true}))
	in := p.tag("input")
	for name, want := range map[string]string{
		"id": "npi", "name": "npi", "type": "text", "value": "12", "aria-invalid": "true",
		"aria-describedby": "npi-hint npi-error", "spellcheck": "false", "required": "",
	} {
		if got := attr(in, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := text(p.id("npi-error")); got != "Error: NPI must be 10 digits" {
		t.Errorf("the error reads %q", got)
	}
	if got := text(p.tag("label")); got != "NPI (optional)" {
		t.Errorf("the label reads %q", got)
	}
}

func TestPasswordIsNeverSentBack(t *testing.T) {
	p := draw(t, ui.PasswordField(ui.Field{Name: "password", Label: "Password", Value: "secret"}))
	if got := attr(p.tag("input"), "value"); got != "" {
		t.Errorf("the page holds the password %q", got)
	}
	if got := attr(p.tag("button"), "type"); got != "button" {
		t.Errorf("the button's type is %q: Enter would press it", got)
	}
}

func TestLimitIsToldButNotEnforced(t *testing.T) {
	p := draw(t, ui.TextArea(ui.Field{Name: "reason", Label: "Reason", Hint: "In your words", MaxLength: 4000}, 4))
	if got, want := text(p.id("reason-hint")), "In your words. You can enter up to 4,000 characters"; got != want {
		t.Errorf("the hint reads %q, want %q", got, want)
	}
	if got := attr(p.tag("textarea"), "maxlength"); got != "" {
		t.Errorf("maxlength is %q: it cuts off what people paste", got)
	}
}

func TestFirstChoiceHasTheGroupsName(t *testing.T) {
	p := draw(t, ui.Radios(ui.Group{Name: "who", Legend: "Who?", Error: "Select who", Options: []ui.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B", Checked: true}}}))
	if got := attr(p.id("who"), "value"); got != "a" {
		t.Errorf("#who is %q", got)
	}
	if got := attr(p.id("who-2"), "value"); got != "b" {
		t.Errorf("#who-2 is %q", got)
	}
	if got := attr(p.tag("fieldset"), "aria-describedby"); got != "who-error" {
		t.Errorf("the group is described by %q", got)
	}
}

func TestLinksAreReadWithTheirObject(t *testing.T) {
	p := draw(t, ui.SummaryList([]ui.SummaryRow{{Key: "Fax", ChangeHref: "/fax", ChangeWhat: "fax number"}}))
	if got := text(p.tag("a")); got != "Change fax number" {
		t.Errorf("the link reads %q", got)
	}
	p = draw(t, ui.Layout(ui.Shell{Nav: []ui.NavItem{{Text: "Messages", Href: "/messages", Count: 120}}}))
	if got := text(p.tag("nav")); got != "Messages 99+ to clear" {
		t.Errorf("the section reads %q", got)
	}
}

func TestTitle(t *testing.T) {
	for want, s := range map[string]ui.Shell{
		"Orders – Parley":        {Title: "Orders"},
		"Error: Orders – Parley": {Title: "Orders", HasErrors: true},
	} {
		if got := text(draw(t, ui.Layout(s)).tag("title")); got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
	}
}

func TestThemeIsSetByTheServer(t *testing.T) {
	for theme, want := range map[string]string{"dark": "dark", "light": "light", "": "", "pink": ""} {
		if got := attr(draw(t, ui.Layout(ui.Shell{Theme: theme})).tag("html"), "data-theme"); got != want {
			t.Errorf("theme %q gives %q, want %q", theme, got, want)
		}
	}
}

func TestFormCarriesItsKey(t *testing.T) {
	p := draw(t, ui.Form(ui.FormTag{Action: "/orders", Key: "key_1"}))
	f, in := p.tag("form"), p.tag("input")
	if attr(f, "method") != "post" || attr(f, "action") != "/orders" {
		t.Errorf("the form is %v", f.Attr)
	}
	if attr(in, "name") != "_key" || attr(in, "value") != "key_1" {
		t.Errorf("the key is %v", in.Attr)
	}
}

func TestTableCardsNameTheirCells(t *testing.T) {
	p := draw(t, ui.Table(ui.TableView{
		Caption: "2 orders",
		Columns: []ui.Column{{Header: "Order"}, {Header: "Due", Sort: "?sort=due", Sorted: "ascending"}},
		Rows:    []ui.Row{{Cells: []templ.Component{ui.Text("1"), ui.Text("Today")}}},
	}))
	if got := attr(p.tag("td"), "data-label"); got != "Due" {
		t.Errorf("the cell is labelled %q", got)
	}
	rowHeaders := p.all(func(n *html.Node) bool { return attr(n, "scope") == "row" })
	if len(rowHeaders) != 1 || text(rowHeaders[0]) != "1" {
		t.Errorf("%d row headers", len(rowHeaders))
	}
	sorted := p.all(func(n *html.Node) bool { return attr(n, "aria-sort") == "ascending" })
	if len(sorted) != 1 || text(sorted[0]) != "Due" {
		t.Errorf("%d sorted columns", len(sorted))
	}
}

func TestClockSaysItsStateOnce(t *testing.T) {
	due := time.Unix(1795464000, 0).UTC()
	for want, c := range map[string]ui.ClockView{
		"Overdue by 2 h":                        {State: "overdue", Text: "Overdue by 2 h"},
		"Due soon Due in 4 h Today, 6:00 PM CT": {State: "due_soon", Text: "Due in 4 h", Due: "Today, 6:00 PM CT", At: due},
		"Not running":                           {State: "none"},
	} {
		p := draw(t, ui.ClockChip(c))
		var words []string
		for _, n := range p.all(func(n *html.Node) bool {
			return strings.HasPrefix(attr(n, "class"), "clock-") && attr(n, "class") != "clock-body"
		}) {
			words = append(words, text(n))
		}
		if got := strings.TrimSpace(strings.Join(words, " ")); got != want {
			t.Errorf("the clock reads %q, want %q", got, want)
		}
	}
}

// Met and paused clocks stand still.
func TestOnlyRunningClocksTick(t *testing.T) {
	at := time.Unix(1795464000, 0).UTC()
	for state, ticks := range map[string]bool{"on_track": true, "due_soon": true, "at_risk": true, "overdue": true, "paused": false, "met": false, "none": false} {
		p := draw(t, ui.ClockChip(ui.ClockView{State: state, At: at}))
		got := p.all(func(n *html.Node) bool { return attr(n, "data-clock") != "" })
		if (len(got) == 1) != ticks {
			t.Errorf("%s: ticks is %v", state, len(got) == 1)
		}
	}
}

func TestStaticFilesAreKeptForEver(t *testing.T) {
	for name, kind := range map[string]string{
		"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
	} {
		w := httptest.NewRecorder()
		ui.Static().ServeHTTP(w, httptest.NewRequest(http.MethodGet, ui.Asset(name), nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	w := httptest.NewRecorder()
	ui.Static().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/static/app.css", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("a path without hash answers %d", w.Code)
	}
}
