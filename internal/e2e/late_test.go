package e2e

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/order"
	"parley/internal/infra/db"
	"parley/internal/infra/feed/feedtest"
)

// sentLocked is an order that was sent before anybody knew that its file needs
// a password.
func (h *house) sentLocked(t *testing.T) (number string) {
	t.Helper()
	locked, err := os.ReadFile(feedtest.Real(t, "uploads/encrypted-user-password.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	q := h.draft(t, order.Standard)
	maria := h.as(t, h.world.Maria, "authenticator")
	path := "/requests/" + q.Number
	if got := maria.form(path+"/files", nil, map[string][]byte{"scanned visit notes.pdf": locked}); got.status != 303 {
		t.Fatalf("upload: %d", got.status)
	}
	if got := maria.post(path+"/review", url.Values{"attested": {"yes"}}); got.status != 303 {
		t.Fatalf("send: %d\n%s", got.status, text(got.body))
	}
	h.drain(t)
	return q.Number
}

// A file whose password is missed only after the request was sent: the office
// hears of it, enters the password on the order, and the file is part of it.
// The password is kept nowhere.
func TestAPasswordAfterTheRequestWasSent(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := filed(t)
			number := h.sentLocked(t)
			if m := h.mailTo(t, h.world.Maria.Email, "couldn't be used"); !strings.Contains(m.Text, "password protected") || strings.Contains(m.Subject+m.Text, "scanned visit") {
				t.Errorf("the mail says %q\n%s", m.Subject, m.Text)
			}
			d := h.desk(t, browser.New(t, options...), h.world.Maria)
			d.visit("/orders/" + number)
			d.says("Couldn't be read: it's password protected")
			d.tab.Click("Make scanned visit notes.pdf part of the order")
			d.look("late-locked-" + name)
			d.tab.Type("input[type=password]", "Wrong-Canary-77")
			d.tab.Click("Open the file scanned visit notes.pdf")
			d.says("There is a problem", "This password doesn't open the file")
			d.look("late-wrong-" + name)
			d.tab.Type("input[type=password]", "testuser")
			d.tab.Click("Open the file scanned visit notes.pdf")
			h.drain(t)
			d.visit("/orders/" + number)
			d.says("Files (1)", "A file came after the request and was added.")
			d.silent("password protected")
			h.kept(t, "Wrong-Canary-77", "testuser")
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}

// kept fails if one of some words stands in the database or the log.
func (h *house) kept(t *testing.T, words ...string) {
	t.Helper()
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		for _, w := range words {
			for _, where := range []string{"job where args like $1", "audit where detail like $1", "upload where why like $1 or warning like $1", "saved_form where body like $1"} {
				n, err := db.Count(ctx, tx, `select count(*) from `+where, "%"+w+"%")
				if err != nil {
					return err
				}
				if n > 0 {
					t.Errorf("%q is kept in %s", w, where)
				}
			}
			if strings.Contains(h.logs.String(), w) {
				t.Errorf("%q stands in the log", w)
			}
		}
		return nil
	})
}

// Another copy takes the place of what couldn't be read; nobody but the office
// may send one.
func TestAnotherCopyInsteadOfALockedFile(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.world.Lists()
		number := h.sentLocked(t)
		maria, path := h.as(t, h.world.Maria, "authenticator"), "/orders/"+number+"/files"
		page := maria.get(path).body
		_, rest, _ := strings.Cut(page, `name="instead" value="`)
		instead, _, _ := strings.Cut(rest, `"`)
		for who, r := range map[string]reader{"a stranger": h.as(t, h.world.Stranger, "authenticator"), "a reviewer": h.as(t, h.world.Reviewers[0], "authenticator")} {
			if got := r.form(path, map[string]string{"instead": instead}, map[string][]byte{"x.pdf": note("x", 0)}); got.status != 404 && got.status != 403 {
				t.Errorf("%s: %d", who, got.status)
			}
			if got := r.post(path+"/"+instead+"/password", url.Values{"password": {"testuser"}}); got.status != 404 && got.status != 403 {
				t.Errorf("%s with a password: %d", who, got.status)
			}
		}
		if got := maria.form(path, map[string]string{"instead": instead}, map[string][]byte{"x.txt": []byte("x")}); got.status != 422 || !strings.Contains(got.body, "must be a PDF") {
			t.Errorf("of the wrong type: %d", got.status)
		}
		if got := maria.form(path, map[string]string{"instead": instead}, map[string][]byte{"copy.pdf": note("copy", 0)}); got.status != 303 {
			t.Fatalf("another copy: %d\n%s", got.status, text(got.body))
		}
		h.drain(t)
		after := text(maria.get("/orders/" + number).body)
		if !strings.Contains(after, "copy.pdf") || strings.Contains(after, "password protected") {
			t.Errorf("after another copy:\n%s", after)
		}
	})
}

// A speaker sends files before the call: they are checked like any other, and
// the reviewer finds them in the call's workspace. Nobody else gets in.
func TestASpeakerSendsFilesBeforeTheCall(t *testing.T) {
	for name, options := range map[string][]browser.Option{"script": nil, "noscript": {browser.NoScript()}} {
		t.Run(name, func(t *testing.T) {
			h := still(t, 1)
			w := h.world
			o := w.Denied()
			c, at := h.onTheDay(t, o)
			link := personalLink.FindString(h.mailTo(t, "ada@test.example", "Peer-to-peer call").Text)
			at(-90 * time.Minute)
			if got := (reader{t: t, h: h}).form(link+"/files", nil, map[string][]byte{"x.pdf": note("x", 0)}); got.status != 303 || got.to != link {
				t.Errorf("without a code: %d %s", got.status, got.to)
			}
			d := &desk{t, h, browser.New(t, options...)}
			d.visit(link)
			d.tab.Click("Send a code")
			h.drain(t)
			d.tab.Type("#code", sixDigits.FindStringSubmatch(h.mailTo(t, "ada@test.example", "Your code").Text)[1])
			d.tab.Click("Open the call")
			d.says("Files for the call")
			d.tab.Click("Upload for the call")
			d.says("There is a problem", "Select a file")
			d.look("speaker-files-wrong-" + name)
			d.tab.Upload("#files", onDisk(t, "therapy.pdf", note("Patient: Rosa Canarywell", 0)), onDisk(t, "bad.pdf", []byte("no pdf at all")))
			d.tab.Click("Upload for the call")
			d.says("therapy.pdf", "Checking")
			h.drain(t)
			d.visit(link + "/call")
			d.says("therapy.pdf", "Accepted", "bad.pdf", "Not accepted: file type")
			d.look("speaker-files-" + name)
			d = h.desk(t, d.tab, w.Reviewers[0])
			d.visit("/review/calls/" + c.Number)
			d.says("therapy.pdf", "bad.pdf, from Ada Okafor")
			d.look("workspace-files-" + name)
			at(2 * time.Hour)
			if got := (reader{t: t, h: h}).send(http.MethodPost, link+"/files", bytes.NewReader(nil), nil); got.status != 404 {
				t.Errorf("after the call: %d", got.status)
			}
			if bad := h.faults(); bad != "" {
				t.Error(bad)
			}
		})
	}
}
