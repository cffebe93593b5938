package e2e

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// search is what is posted to look for a patient.
func search(number string) url.Values {
	return url.Values{"service_month": {"12"}, "service_day": {"1"}, "service_year": {"2026"}, "number": {number}, "born_month": {"4"}, "born_day": {"28"}, "born_year": {"1986"}}
}

// Nobody goes through names and numbers: after twenty searches that found
// nobody, or sixty in an hour, there is a pause, on either page and also for
// tries made at once. It is said plainly, it is audited, it ends, and it is
// nobody else's. (ASVS 2.4.1)
func TestASVS_2_4_1_GoingThroughMembersIsStopped(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.world.Lists()
		maria := h.as(t, h.world.Maria, "authenticator")
		for i := range 20 {
			page := []string{"/requests/new", "/eligibility"}[i%2]
			if got := maria.post(page, search(fmt.Sprintf("HBR900%06d", i))); got.status != 303 && got.status != 200 {
				t.Fatalf("search %d: %d", i, got.status)
			}
		}
		for _, page := range []string{"/requests/new", "/eligibility"} {
			got := maria.post(page, search(scene.Card))
			if got.status != 429 || !strings.Contains(got.body, "Too many searches that found nobody. Wait 15 minutes, or call us with the card at hand") || strings.Contains(got.body, "Canarywell") {
				t.Errorf("after the pause began, %s: %d\n%s", page, got.status, got.body)
			}
		}
		if n := h.audited(t, "person.search_stopped"); n != 2 {
			t.Errorf("%d stops in the audit, want 2", n)
		}
		jess := h.as(t, h.colleague("Jess", "Ng", account.OfficeStaff), "authenticator")
		if got := jess.post("/requests/new", search(scene.Card)); got.status != 303 {
			t.Errorf("a colleague's search: %d", got.status)
		}

		var wg sync.WaitGroup
		var mu sync.Mutex
		answers := map[int]int{}
		for range 80 {
			wg.Go(func() {
				got := jess.post("/requests/new", search(scene.Card))
				mu.Lock()
				answers[got.status]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if answers[303] != 59 || answers[429] != 21 {
			t.Errorf("of 80 more at once: %v", answers)
		}
		h.DB.Now = func() time.Time { return dbtest.Clock.Add(16 * time.Minute) }
		again := h.as(t, h.world.Maria, "authenticator")
		if got := again.post("/requests/new", search(scene.Card)); got.status != 303 {
			t.Errorf("after the pause: %d", got.status)
		}
	})
}

// audited counts the rows of the audit for an action.
func (h *house) audited(t testing.TB, action string) (n int) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = db.Count(ctx, tx, `select count(*) from audit where action = $1`, action)
		return err
	})
	return n
}
