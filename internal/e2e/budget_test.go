package e2e

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"parley/internal/domain/order"
)

// mostOfAnOrder is how many statements the page of one order takes, with its
// decision, timeline, letters, files and the earliest time for a call.
const mostOfAnOrder = 22

// A page of orders asks the database at most six things in its transaction,
// whatever it finds: who asks, the saved views, the counts and the lines.
func TestOrdersPageTakesSixStatements(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		o := h.world.Denied()
		for range 40 {
			h.world.Order()
		}
		took := map[string]int{}
		h.Web.Ran = func(pattern string, statements int) { took[pattern] = statements }
		maria := h.as(t, h.world.Maria, "authenticator")
		maria.get("/orders") // the first page of all reads what stands above every page
		sealed := maria.post("/orders/search", url.Values{"q": {"Canarywell, Rosa 04/28/1986"}}).to
		for _, path := range []string{"/orders", "/orders?size=100", "/orders?sort=patient", "/orders?status=Denied&plan=" + string(h.world.Plan.ID), "/orders?q=" + o.Number, "/orders?q=nobody", sealed} {
			if a := maria.get(path); a.status != http.StatusOK {
				t.Fatalf("%s: %d", path, a.status)
			}
			if n := took["GET /orders"]; n == 0 || n > 6 {
				t.Errorf("%s took %d statements", path, n)
			}
		}
		maria.get("/orders/" + o.Number) // the first one reads what is then remembered
		maria.get("/orders/" + o.Number)
		if n := took["GET /orders/{order}"]; n == 0 || n > mostOfAnOrder {
			t.Errorf("the page of one order took %d statements, more than %d", n, mostOfAnOrder)
		}
	})
}

const firstLoad = 100_000 // bytes of the order page with its style sheet and script, as sent

func TestFirstLoadOfAnOrderIsSmall(t *testing.T) {
	h := still(t, 1)
	o := h.world.Denied()
	maria := h.as(t, h.world.Maria, "authenticator")
	page := maria.get("/orders/" + o.Number)
	total := h.weigh(t, maria, "/orders/"+o.Number)
	found := regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`).FindAllStringSubmatch(page.body, -1)
	if len(found) < 3 { // style sheet, script, icon
		t.Fatalf("the page names %d files", len(found))
	}
	for _, f := range found {
		total += h.weigh(t, maria, f[1])
	}
	t.Logf("%s: %d bytes in all", order.Spaced(o.Number), total)
	if total > firstLoad {
		t.Errorf("%d bytes, more than %d", total, firstLoad)
	}
}

// weigh is how many bytes an address sends to a browser that takes them
// compressed.
func (h *house) weigh(t *testing.T, r reader, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, h.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip, br, zstd")
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: r.cookie})
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", path, res.StatusCode)
	}
	if res.Header.Get("Content-Encoding") == "" && len(body) > 2000 {
		t.Errorf("%s is sent as it is, %d bytes", path, len(body))
	}
	t.Logf("%s: %d bytes, %s", path, len(body), res.Header.Get("Content-Encoding"))
	return len(body)
}
