package e2e

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/legacy"
	"parley/internal/domain/order"
	"parley/internal/domain/review"
	"parley/internal/infra/db"
	"parley/internal/scene"
	"parley/internal/web"
)

// canaries stand for member data: nobody but who may see the order sees them.
var canaries = []string{"Canarywell", "HBR400100200", "04/28/1986"}

// A fixture is one of everything a route's address can name, all of it
// Cedar Orthopedics'.
func fixture(t testing.TB, h *house) *strings.Replacer {
	t.Helper()
	w := h.world
	o := w.Denied()
	c, err := w.Book(w.Maria, o, w.Slots(w.Maria, o, nil)[9])
	if err != nil {
		t.Fatal(err)
	}
	h.at(review.UndoFor)
	h.drain(t)
	var file attachment.File
	var letter string
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if file, err = attachment.Add(ctx, tx, account.Program(), attachment.File{OrderID: string(o.ID), Name: "note.txt", MediaType: "text/plain", BlobKey: "none"}); err != nil {
			return err
		}
		if _, err := legacy.Put(ctx, tx, account.Program(), []legacy.Order{{Number: "CO-77", PlanID: w.Plan.ID, OrganizationID: w.Office.ID, MemberNumber: scene.Card, First: w.Member.First, Last: w.Member.Last,
			Born: w.Member.Born, Service: "MRI", Status: "approved", Requested: w.Member.Born}}); err != nil {
			return err
		}
		letter, err = db.One(ctx, tx, db.Value[string], `select id from letter where order_id = $1 and status = 'sent'`, string(o.ID))
		return err
	})
	w.Lists()
	q := h.draft(t, order.Standard)
	made := h.as(t, w.Maria, "authenticator").begin(q, "Canarywell.pdf", 10)
	upload := made.to[strings.LastIndexByte(made.to, '/')+1:]
	return strings.NewReplacer("{order}", o.Number, "{call}", c.Number, "{file}", file.ID, "{letter}", letter, "{view}", "viw_1", "{sample}", "qty_1", "{hours}", "hrs_1", "{off}", "off_1",
		"{request}", q.Number, "{upload}", upload, "{note}", "not_1", "{number}", "CO-77", "{job}", "job_1", "{session}", "ses_1", "{device}", "dev_1", "{$}", "",
		"/numbers/{kind}", "/numbers/phone", "/config/{kind}/{id}", "/config/plan/"+string(h.world.Plan.ID), "/config/{kind}/new", "/config/plan/new", "/retention/{kind}", "/retention/mail",
		"{organization}", h.world.Office.ID, "{location}", string(h.world.North.ID), "{person}", string(h.world.Maria.ID), "{plan}", string(h.world.Plan.ID))
}

// Every registered route is tried as nobody, without a second factor, as
// another organization and in the wrong role; a new route is in this test
// without anyone remembering. (ASVS 8.2.1, 8.3.1, 8.4.1)
func TestASVS_8_4_1_StrangersSeeNothing(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		names := fixture(t, h)
		auditor := h.person(t, "Lee", account.Auditor)
		admin := h.person(t, "Omar", account.Admin)
		intake := h.person(t, "Rosa", account.Intake)
		strangers := map[string]reader{
			"nobody":                   {t: t, h: h},
			"without a second factor":  h.as(t, h.world.Maria, ""),
			"another organization":     h.as(t, h.world.Stranger, "authenticator"),
			"an administrator":         h.as(t, admin, "authenticator"),
			"an auditor":               h.as(t, auditor, "authenticator"),
			"an intake representative": h.as(t, intake, "authenticator"),
		}
		for _, route := range h.Web.Routes() {
			method, path, _ := strings.Cut(route.Pattern, " ")
			for who, r := range strangers {
				if route.Guard.Name == web.Lobby.Name && method == "POST" || strings.HasSuffix(path, "/sign-out") {
					continue // ends the very session the next try needs
				}
				if mayRead(who, route) {
					continue
				}
				try(t, r, who, method, names.Replace(path), route)
			}
		}
	})
}

// mayRead lists who is no stranger to a kind of page: staff read orders and
// their own side's pages. What they may do there other tests say.
func mayRead(who string, route web.Route) bool {
	switch who {
	case "an auditor":
		return route.Guard.Name == web.Readers.Name || route.Guard.Name == web.Manage.Name || route.Guard.Name == web.Auditors.Name
	case "an intake representative":
		return route.Guard.Name == web.Readers.Name || route.Guard.Name == web.Review.Name || route.Guard.Name == web.Letters.Name
	case "an administrator":
		return route.Guard.Name == web.Manage.Name
	}
	return false
}

func try(t *testing.T, r reader, who, method, path string, route web.Route) {
	t.Helper()
	var form url.Values
	if method == "POST" {
		form = url.Values{"slot": {"s_1_30"}, "reason": {"other"}, "q": {"Canarywell"}}
	}
	a := r.do(method, path, form)
	for _, c := range canaries {
		if strings.Contains(a.body, c) {
			t.Errorf("%s, %s %s: the answer holds %q", who, method, path, c)
		}
	}
	named := strings.Contains(route.Pattern, "{order}") || strings.Contains(route.Pattern, "{call}") || strings.Contains(route.Pattern, "{request}")
	switch {
	case named && a.status != 303 && a.status != 403 && a.status != 404:
		t.Errorf("%s, %s %s: %d, want 303, 403 or 404", who, method, path, a.status)
	case named && a.status == 303 && !strings.HasPrefix(a.to, "/sign-in") && !strings.HasPrefix(a.to, "/locked"):
		t.Errorf("%s, %s %s: sent on to %s", who, method, path, a.to)
	case route.Guard.Name != web.Public.Name && (who == "nobody") && a.status != 303 && a.status != 403:
		t.Errorf("%s, %s %s: %d, want 303 or 403", who, method, path, a.status)
	case a.status >= 500:
		t.Errorf("%s, %s %s: %d\n%s", who, method, path, a.status, r.h.faults())
	}
}

// person adds somebody to the utilization-management organization.
func (h *house) person(t testing.TB, first string, role account.Role) (a account.Actor) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = h.world.Person(ctx, tx, first, "Person", h.world.Scheduler.Seat().OrganizationID, role)
		return err
	})
	return a
}

// A change made by a stranger's post would be seen here: nothing has moved.
func TestStrangersChangeNothing(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		names := fixture(t, h)
		before := h.fingerprint(t)
		for _, by := range []reader{h.as(t, h.world.Stranger, "authenticator"), {t: t, h: h}} {
			for _, route := range h.Web.Routes() {
				if method, path, _ := strings.Cut(route.Pattern, " "); method == "POST" && (strings.Contains(path, "{order}") || strings.Contains(path, "{call}") || strings.Contains(path, "{request}")) {
					by.post(names.Replace(path), url.Values{"slot": {"s_1_30"}, "reason": {"other"}, "note": {"x"}, "note_phone": {"555-555-0100"}})
				}
			}
		}
		if after := h.fingerprint(t); after != before {
			t.Errorf("strangers changed something:\n%s\n%s", before, after)
		}
	})
}

// fingerprint tells one state of orders and calls from another.
func (h *house) fingerprint(t testing.TB) string {
	t.Helper()
	var parts []string
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{`select number || status || version from orders order by number`, `select number || status || version from call order by number`,
			`select count(*) || '' from claim`, `select count(*) || '' from order_event`, `select count(*) || '' from scheduler_note`, `select count(*) || '' from call_draft`,
			`select number || version from request order by number`, `select id || status || received from upload order by id`} {
			some, err := db.All(ctx, tx, db.Value[string], q)
			if err != nil {
				return err
			}
			parts = append(parts, some...)
		}
		return nil
	})
	return strings.Join(parts, "\n")
}
