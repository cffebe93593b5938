package e2e

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/browser"
	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/infra/db"
)

// From the first page to an instant approval: an MRI of the lower back with two
// files, for a federal employee whose card begins with an R that the plan's
// list doesn't have.
func TestAnMRIWithTwoFilesIsApproved(t *testing.T) {
	h := still(t, 1)
	h.world.Lists()
	h.world.Publish("lumbar-mri")
	h.world.Do(func(ctx context.Context, tx *db.Tx) error {
		otis, err := member.Save(ctx, tx, account.Program(), member.Member{First: "Otis", Last: "Canarywell", Born: h.world.Member.Born, Sex: "male", Line: "2 Sample Street", City: "Exampleville"})
		if err != nil {
			return err
		}
		_, err = member.Cover(ctx, tx, account.Program(), member.Coverage{MemberID: otis.ID, PlanID: h.world.Plan.ID, Line: h.world.Line.Code, Number: "12345678", From: h.world.Member.Born})
		return err
	})
	h.drain(t) // what runs once a day runs now: by the house's clock files that come today are old
	d := h.desk(t, browser.New(t), h.world.Maria)
	d.visit("/")
	d.tab.Click("Start a request")
	d.date("service", "12", "1", "2026")
	d.tab.Type("#number", "R12345678")
	d.date("born", "4", "28", "1986")
	d.tab.Click("Continue")
	d.says("Is this the patient?", "Otis Canarywell")
	d.tab.Click("Yes, this is the patient")
	d.tab.Type("#service", "72148")
	d.tab.Type("#diagnosis", "M54.50")
	d.tab.Click("label[for=urgency]")
	d.tab.Click("Continue")
	d.tab.Click("Ada Okafor, MD")
	d.tab.Type("#contact_phone", "555-555-0147")
	d.tab.Click("Not decided yet")
	d.tab.Click("Continue")
	d.tab.Click("Numbness in the saddle area, or new trouble with bladder or bowel")
	d.tab.Click("Continue")
	d.tab.Click("[name='q.earlier_mri'][value=no] + label")
	d.tab.Click("Continue")
	d.tab.Upload("#files_note", onDisk(t, "note.pdf", note("visit", 0)), onDisk(t, "exam.pdf", note("examination", 0)))
	d.until("note.pdf", "exam.pdf")
	for try := 0; strings.Count(d.tab.Text("main"), "Accepted") < 2; try++ {
		if try == 100 {
			t.Fatalf("two files don't become accepted:\n%s", d.tab.Text("main"))
		}
		h.drain(t)
		time.Sleep(100 * time.Millisecond)
	}
	d.tab.Click("Continue")
	d.tab.Click("label[for=attested]")
	d.tab.Click("Send request")
	d.says("Approved", "Authorization number", "1 of 1 approved")
	d.look("core-approved")
	if bad := h.faults(); bad != "" {
		t.Error(bad)
	}
}

// Send pressed many times at once, by the same form and by others, is one
// order, and everybody is led to it.
func TestSendPressedAtOnceIsOneOrder(t *testing.T) {
	each(t, 1, func(t *testing.T, h *house) {
		h.world.Lists()
		maria := h.as(t, h.world.Maria, "authenticator")
		path := asked(t, maria)
		var all sync.WaitGroup
		var mu sync.Mutex
		led := map[string]int{}
		for i := range 12 {
			all.Go(func() {
				form := url.Values{"attested": {"yes"}}
				if i%2 == 0 {
					form.Set("_key", "same")
				}
				got := maria.post(path+"/review", form)
				mu.Lock()
				led[got.to]++
				mu.Unlock()
			})
		}
		all.Wait()
		number := path[strings.LastIndexByte(path, '/')+1:]
		if led["/orders/"+number+"/submitted"] == 0 {
			t.Errorf("nobody was led to the order: %v", led)
		}
		h.world.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from orders where number = $1`, number)
			if sent, sentErr := db.Count(ctx, tx, `select count(*) from audit where action = 'request.sent'`); n != 1 || sent != 1 || sentErr != nil {
				t.Errorf("%d orders, sent %d times, %v", n, sent, sentErr)
			}
			return err
		})
		if got := maria.post(path+"/review", url.Values{"attested": {"yes"}}); got.status != 303 || got.to != "/orders/"+number+"/submitted" {
			t.Errorf("sending it later: %d %s", got.status, got.to)
		}
		if bad := h.faults(); bad != "" {
			t.Error(bad)
		}
	})
}
