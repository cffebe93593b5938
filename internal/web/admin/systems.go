package admin

import (
	"context"
	"slices"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

const systemsTitle = "Systems and keys"

func registerSystems(s *web.Server) {
	s.Handle("GET /admin/integrations", web.Manage, listKeys)
	s.Handle("POST /admin/integrations/{key}/end", web.Manage, endKey)
}

// keysPage is every key that holds.
type keysPage struct {
	keys []account.Key
	key  string
	loc  *time.Location
	now  time.Time
}

func listKeys(ctx context.Context, r *web.Request) (web.Answer, error) {
	p := &keysPage{key: r.Key(), loc: r.Zone(civil.DefaultZone), now: r.Tx.Now()}
	var err error
	p.keys, err = account.Keys(ctx, r.Tx, r.By)
	return web.Answer{Title: systemsTitle, Body: keysView(p), Wide: true, Crumbs: crumbs(systemsTitle)}, err
}

func endKey(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := r.By.Must(account.ManageProgram); err != nil {
		return web.Answer{}, err
	}
	return web.Answer{SeeOther: "/admin/integrations"}, account.EndKey(ctx, r.Tx, r.By, r.PathValue("key"))
}

// keysOf are the keys that hold of an organization.
func keysOf(ctx context.Context, r *web.Request, o account.Organization) ([]account.Key, error) {
	all, err := account.KeysOf(ctx, r.Tx, r.By, o.ID)
	return slices.DeleteFunc(all, func(k account.Key) bool { return !k.Holds(r.Tx.Now()) }), err
}

func letKeys(ctx context.Context, r *web.Request) (web.Answer, error) {
	id := r.PathValue("organization")
	return web.Answer{SeeOther: organizationPath(id) + "?done=keys"}, account.LetKeys(ctx, r.Tx, r.By, id, r.Value("let") == "yes")
}

func holdWord(n int) string {
	if n == 1 {
		return "holds"
	}
	return "hold"
}

func (p *keysPage) table() ui.TableView {
	t := ui.TableView{Caption: "Keys that hold, by organization", Columns: []ui.Column{{Header: "Organization"}, {Header: "System"}, {Header: "Acts as"}, {Header: "Made"}, {Header: "Holds until"}, {Header: "Last used"}, {Header: "End", Hidden: true}}}
	for _, k := range p.keys {
		used := "Not yet"
		if k.UsedAt != nil {
			used = civil.NearWithin(*k.UsedAt, p.loc, p.now).String()
		}
		made := civil.When(k.MadeAt, p.loc, p.now).String() + ", from the shell"
		if k.MadeName != "" {
			made = civil.When(k.MadeAt, p.loc, p.now).String() + ", by " + k.MadeName
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []templComponent{ui.Text(words.AsIs(k.Organization)), ui.Text(words.AsIs(k.Name)), ui.Text(words.AsIs(k.Person)), ui.Text(words.AsIs(made)),
			ui.Text(civil.When(k.ExpiresAt, p.loc, p.now)), ui.Text(words.AsIs(used)), keyEnd(k, p.key)}})
	}
	return t
}
