package e2e

import (
	"context"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/guideline"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
	"parley/internal/infra/feed/feedtest"
)

// asks has the guideline for the draft's service ask for files.
func (h *house) asks(t testing.TB, q request.Request) {
	t.Helper()
	all, err := guideline.Library()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if v.ID != "lumbar-mri" {
			continue
		}
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			p, _, err := guideline.Publish(ctx, tx, account.Program(), v.Text())
			if err != nil {
				return err
			}
			_, err = guideline.Start(ctx, tx, h.world.Maria, guideline.Response{RequestID: string(q.ID), OrganizationID: h.world.Office.ID, MemberID: h.world.Member.ID, PlanID: h.world.Plan.ID,
				ProgramID: h.world.Program.ID, Answers: v.Cases[0].Answers}, p, v.Cases[0].Facts)
			return err
		})
	}
}

// The checklist: what is asked for, a file for it, one from an earlier
// request, and why another is not there.
func TestTheChecklistOfFiles(t *testing.T) {
	h := filed(t)
	maria := h.as(t, h.world.Maria, "authenticator")
	before := h.draft(t, order.Standard)
	maria.form("/requests/"+before.Number+"/files", nil, map[string][]byte{"earlier.pdf": note("earlier", 0)})
	h.drain(t)
	q := h.draft(t, order.Standard)
	h.asks(t, q)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/review")
	d.says("Files", "Required", "Anything else?", "Choose from earlier uploads")
	d.look("files-checklist")
	var item string
	d.tab.Eval(`document.querySelector("input[name=item][value]:not([value=''])").value`, &item)
	d.tab.Click("Continue")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send request")
	d.says("or say why you don't have it")
	d.look("files-missing")
	d.visit("/requests/" + q.Number + "/files")
	d.tab.Eval(`document.querySelector("#earlier_`+item+`").closest("details").open = true`, nil)
	d.tab.Click("label[for=earlier_" + item + "]")
	d.tab.Eval(`document.querySelector("#earlier_`+item+`").form.requestSubmit()`, nil)
	d.until("earlier.pdf", "Accepted")
	var fields []string
	d.tab.Eval(`[...document.querySelectorAll("textarea[name^=without_]")].map(e => e.name)`, &fields)
	for _, f := range fields[1:] {
		d.tab.Eval(`document.querySelector("#`+f+`").closest("details").open = true`, nil)
		d.tab.Type("#"+f, "It was never made")
	}
	d.look("files-checklist-said")
	d.tab.Click("Continue")
	d.says("Check your answers and send", "earlier.pdf (Accepted)")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send request")
	d.says("Approved", "Authorization number", "1 of 1 approved")
	d.look("request-approved")
	d.tab.Click("Open the order")
	d.says("The answers meet the criteria of Lumbar spine MRI 2026.1")
}

// A hundred megabytes go through without the program growing, and so do 25
// files at once.
func TestUploadsTakeConstantMemory(t *testing.T) {
	if feedtest.Race {
		t.Skip("the race detector keeps memory of its own")
	}
	h := filed(t)
	maria := h.as(t, h.world.Maria, "authenticator")
	one := h.draft(t, order.Standard)
	warm := note("warm", 1<<20)
	maria.patch(maria.begin(one, "warm.pdf", len(warm)).to, 0, strings.NewReader(string(warm)))
	grown := growth(t, func() {
		const size = 100 << 20
		place := maria.begin(one, "large.pdf", size).to
		if got := maria.patch(place, 0, &filling{left: size}); got.status != 204 {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
	t.Logf("100 MB in one file: %d MB", grown>>20)
	if grown > 32<<20 {
		t.Errorf("100 MB took %d MB of memory", grown>>20)
	}
	grown = growth(t, func() {
		var all sync.WaitGroup
		for i := range 25 {
			q := h.draft(t, order.Standard)
			all.Go(func() {
				const size = 4 << 20
				place := maria.begin(q, strconv.Itoa(i)+".pdf", size).to
				if got := maria.patch(place, 0, &filling{left: size}); got.status != 204 {
					t.Errorf("%d: %d %s", i, got.status, got.body)
				}
			})
		}
		all.Wait()
	})
	t.Logf("25 files at once: %d MB", grown>>20)
	if grown > 32<<20 {
		t.Errorf("25 at once took %d MB of memory", grown>>20)
	}
}

// filling is so many bytes of nothing.
type filling struct{ left int }

func (f *filling) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), f.left)
	f.left -= n
	return n, nil
}

// growth is by how much the process's resident memory rose at most while f
// ran.
func growth(t testing.TB, f func()) int64 {
	t.Helper()
	runtime.GC()
	before, most := resident(t), int64(0)
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				most = max(most, resident(t))
			}
		}
	})
	f()
	close(done)
	watch.Wait()
	return most - before
}

func resident(t testing.TB) int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Error(err)
		return 0
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Error(err)
	}
	return pages * int64(os.Getpagesize())
}
