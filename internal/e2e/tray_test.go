package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/attachment"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
)

// gated puts a line before a house on which each piece of a file waits until the
// test lets it through.
func (h *house) gated(t *testing.T) (through func(pieces int)) {
	t.Helper()
	to, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	gate := make(chan struct{}, 100)
	proxy := httputil.NewSingleHostReverseProxy(to)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			body, err := io.ReadAll(r.Body) // so that it is known when who sends it is gone
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			select {
			case <-gate:
			case <-r.Context().Done():
				return
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections)
	h.url = s.URL
	return func(pieces int) {
		for range pieces {
			gate <- struct{}{}
		}
	}
}

// An upload goes on when its page is left for another page of the request: a
// tray shows it there, and the file arrives whole without being chosen again.
// On coming back the page of files takes it over.
func TestAnUploadGoesOnAcrossPages(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	through := h.gated(t)
	d := h.desk(t, browser.New(t), h.world.Maria)
	content := note("long", 30<<20) // eight pieces
	d.visit("/requests/" + q.Number + "/files")
	d.tab.Upload("#files", onDisk(t, "long.pdf", content))
	through(1)
	d.waits(`document.querySelector("progress")?.value > 10`)
	d.goes("/requests/" + q.Number + "/providers")
	through(1)
	d.waits(`document.querySelector(".tray progress")?.value > 20`)
	d.says("long.pdf Uploading")
	d.look("tray")
	d.goes("/requests/" + q.Number)
	through(1)
	d.waits(`document.querySelector(".tray progress")?.value > 30`)
	d.goes("/requests/" + q.Number + "/files")
	d.waits(`document.querySelector("[data-files] progress")?.value > 30`)
	d.goes("/requests/" + q.Number + "/providers")
	through(20)
	for try := 0; ; try++ {
		h.drain(t)
		var all []attachment.Upload
		h.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			all, err = attachment.Uploads(ctx, tx, string(q.ID))
			return err
		})
		if len(all) == 1 && all[0].Status == attachment.Accepted && all[0].Size == int64(len(content)) {
			break
		}
		if try == 100 {
			t.Fatalf("it never arrived: %+v", all)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if bad := h.faults(); bad != "" && !strings.Contains(bad, "context canceled") {
		t.Error(bad)
	}
}

// Leaving for anywhere else asks first while bytes are under way.
func TestLeavingWarnsWhileAFileIsUnderWay(t *testing.T) {
	h := filed(t)
	q := h.draft(t, order.Standard)
	h.gated(t)
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/requests/" + q.Number + "/files")
	asks := func(address string) (stopped bool) {
		d.tab.Eval(`(() => { const a = Object.assign(document.createElement("a"), {href: "`+address+`"}); a.addEventListener("click", e => e.preventDefault()); document.querySelector("main").append(a); a.click(); const e = new Event("beforeunload", {cancelable: true}); dispatchEvent(e); a.remove(); return e.defaultPrevented })()`, &stopped)
		return stopped
	}
	if asks("/orders") {
		t.Error("it asks although nothing is under way")
	}
	d.tab.Upload("#files", onDisk(t, "long.pdf", note("long", 20<<20)))
	d.waits(`!!document.querySelector("progress")`)
	if !asks("/orders") || !asks("https://elsewhere.example/") {
		t.Error("leaving doesn't ask while a file is under way")
	}
	if asks("/requests/" + q.Number + "/providers") {
		t.Error("it asks before a page on which the upload goes on")
	}
}

// goes follows a link of the page to another page.
func (d *desk) goes(path string) {
	d.Helper()
	d.tab.Eval(`document.querySelector("main").append(Object.assign(document.createElement("a"), {href: "`+path+`", textContent: "Another page"}))`, nil)
	d.tab.Click("Another page")
}
