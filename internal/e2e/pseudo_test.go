package e2e

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parley/internal/domain/account"
	"parley/internal/domain/message"
	"parley/internal/infra/db"
	"parley/internal/scene"
	"parley/internal/words"
)

// Whatever a page for offices says by itself is in the catalog: in the
// pseudo-locale plain letters stand only in what is in the database, which
// somebody wrote. Every page that an office or anybody can read is read, and
// again as each of its forms answers when it is sent without a word in it.
func TestEveryTextForOfficesIsInTheCatalog(t *testing.T) {
	h := open(t, "", true)
	h.at(0)
	h.world = newWorld(t, h)
	names := fixture(t, h)
	maria := h.as(t, h.world.Maria, "authenticator")
	further := h.further(t, maria)
	dana := h.as(t, h.colleague("Dana", "Cole", account.OrgAdmin), "authenticator")
	maria.language, dana.language = string(words.Pseudo), string(words.Pseudo)
	nobody := reader{t: t, h: h, language: string(words.Pseudo)}
	written := h.written(t) + "Dana Cole" // two columns hold the name
	var read, refused int
	check := func(where string, got answer) bool {
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, `lang="`+string(words.Pseudo)+`"`) {
			return false
		}
		for _, said := range unkeyed(t, got.body) {
			if !strings.Contains(written, said) && !slices.Contains(everywhere, said) {
				t.Errorf("%s (%d) says %q, which is in no catalog", where, got.status, said)
			}
		}
		return true
	}
	empty := map[string]form{}
	look := func(r reader, where, path string) {
		got := r.get(path)
		if !check(where, got) {
			return
		}
		read++
		for _, f := range formsOf(t, got.body) {
			f.by = r
			empty[f.action] = f
		}
	}
	for _, route := range h.Web.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if method != "GET" || strings.HasPrefix(path, "/demo/") || strings.HasSuffix(path, "/authenticator") || strings.Contains(path, "/files/") || strings.HasSuffix(path, "/live") {
			continue // what is for demonstrations, random letters, files, of which the fixture has only the names, and streams that don't end
		}
		for _, r := range []reader{maria, dana, nobody} {
			look(r, path, names.Replace(path))
		}
	}
	for _, path := range further {
		for _, r := range []reader{maria, nobody} {
			look(r, path, path)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(empty)) {
		f := empty[action]
		if strings.HasSuffix(action, "/sign-out") || strings.HasSuffix(action, "/authenticator") {
			continue
		}
		if got := f.by.post(action, f.kept); got.status >= 400 && check("POST "+action, got) {
			refused++
		}
	}
	if read < 200 || refused < 10 {
		t.Errorf("only %d pages were read, and %d of forms that were refused", read, refused)
	}
}

// further are pages about what the routes alone don't name: a message that asks,
// answers about a member, clinical questions, a speaker's own pages. Guides are
// written once for each language, and not here.
func (h *house) further(t *testing.T, maria reader) []string {
	t.Helper()
	h.world.Publish("lumbar-mri")
	asks := h.world.Order()
	var thread message.Thread
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		nurse, err := h.world.Person(ctx, tx, "Aisha", "Bello", h.world.Scheduler.Seat().OrganizationID, account.Nurse)
		if err != nil {
			return err
		}
		terms, err := message.TermsOf(ctx, tx, asks)
		if err != nil {
			return err
		}
		items := []message.Item{{Kind: message.Text, Ask: "Which treatments were tried?"}, {Kind: message.File, Ask: "The notes of the therapist"}, {Kind: message.YesNo, Ask: "Is there fever?"}}
		if thread, err = message.Send(ctx, tx, nurse, asks, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: items}); err != nil {
			return err
		}
		return message.Leave(ctx, tx, message.Go{ThreadID: thread.ID, Version: thread.Version})
	})
	all := []string{"/messages/" + thread.Number, "/messages/new?order=" + asks.Number}
	for _, m := range h.mail.All() {
		if _, link, ok := strings.Cut(m.Text, "/speak/"); ok {
			link = strings.Fields(link)[0]
			all = append(all, "/speak/"+link, "/speak/"+link+"/call", "/speak/"+link+"/phone")
			break
		}
	}
	path := asked(t, maria)
	all = append(all, path, path+"/clinical", path+"/clinical/lumbar-mri", path+"/review", path+"/files")
	card := url.Values{"number": {scene.Card}, "born_month": {"4"}, "born_day": {"28"}, "born_year": {"1986"}, "service_month": {"11"}, "service_day": {"24"}, "service_year": {"2026"}}
	card.Set("patient", choice(t, maria.post("/eligibility", card).body, "patient", "Rosa Canarywell, Harbor"))
	all = append(all, maria.to("/eligibility", card))
	card.Set("procedure", "72148")
	return append(all, maria.to("/check/member", card))
}

// everywhere is what every language writes so.
var everywhere = []string{"English", "Espa", "ChT", "min", "Command", "Control", "Windows", "iii"}

// A form is what a page sends if nothing is typed.
type form struct {
	by     reader
	action string
	kept   url.Values
}

// written is all that the database holds.
func (h *house) written(t testing.TB) string {
	t.Helper()
	var all strings.Builder
	err := h.DB.View(context.Background(), func(tx *db.Tx) error {
		columns, err := db.All(context.Background(), tx, db.Value[string], `
			select 'select cast("' || c.name || '" as text) from "' || m.name || '" where typeof("' || c.name || '") = ''text'''
			from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table' and m.name not in ('mail', 'job', 'audit', 'order_event', 'call_event')`)
		for _, query := range columns {
			values, err := db.All(context.Background(), tx, db.Value[string], query)
			if err != nil {
				return err
			}
			all.WriteString(strings.Join(values, "\n") + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// unkeyed are the runs of plain words on a page.
func unkeyed(t testing.TB, page string) (all []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	take := func(text string) {
		for _, said := range plainWords.FindAllString(unsaid.ReplaceAllString(text, ""), -1) {
			if said = strings.TrimSpace(said); len(said) > 2 && !slices.Contains(all, said) {
				all = append(all, said)
			}
		}
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			take(n.Data)
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data != "html" && attribute(n, "lang") != ""):
			return // what is no text, or in a language that it names
		}
		for _, a := range n.Attr {
			if slices.Contains([]string{"aria-label", "title", "placeholder", "alt"}, a.Key) {
				take(a.Val)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return all
}

var plainWords = regexp.MustCompile(`[A-Za-z][A-Za-z'’ -]*[A-Za-z]`)

// unsaid is what speaks no language: addresses, and names that are all capitals.
var unsaid = regexp.MustCompile(`\S+@\S+|\b[A-Z]{2,}\b`)

// formsOf are the forms on a page that post without a file.
func formsOf(t testing.TB, page string) (all []form) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Data != "form" || attribute(n, "method") != "post" || attribute(n, "enctype") != "" {
			continue
		}
		f := form{action: attribute(n, "action"), kept: url.Values{}}
		for in := range n.Descendants() {
			if in.Data == "input" && attribute(in, "type") == "hidden" {
				f.kept.Set(attribute(in, "name"), attribute(in, "value"))
			}
		}
		all = append(all, f)
	}
	return all
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
