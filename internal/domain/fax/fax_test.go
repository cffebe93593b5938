package fax_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/fax"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/privacy"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/inspect"
	"parley/internal/infra/inspect/inspecttest"
	"parley/internal/scene"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == inspect.Command {
		os.Exit(inspect.Child())
	}
	os.Exit(m.Run())
}

// A house is what a fax goes through.
type house struct {
	*scene.World
	t     *testing.T
	files blob.Dir
	looks *attachment.Inspector
	rosa  account.Actor // who puts faxes on orders
	aisha account.Actor // and reads clinical files
}

func each(t *testing.T, f func(h *house)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		d.Now = func() time.Time { return dbtest.Clock }
		h := &house{World: scene.New(t, d, 1), t: t, files: blob.Dir{Path: t.TempDir()}}
		h.looks = &attachment.Inspector{DB: d, Files: h.files, Reader: inspect.NewReader()}
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			um := h.Scheduler.Seat().OrganizationID
			if h.rosa, err = h.Person(ctx, tx, "Rosa", "Person", um, account.Intake); err != nil {
				return err
			}
			h.aisha, err = h.Person(ctx, tx, "Aisha", "Person", um, account.Nurse)
			return err
		})
		f(h)
	})
}

func (h *house) store(content []byte) blob.Ref {
	h.t.Helper()
	ref, err := h.files.Put(context.Background(), bytes.NewReader(content))
	if err != nil {
		h.t.Fatal(err)
	}
	return ref
}

// comes takes in a fax of pages, a cover sheet for each number, an hour ago.
func (h *house) comes(numbers ...string) string {
	h.t.Helper()
	ref := h.store(inspecttest.Fax(h.t, numbers...))
	var x fax.Fax
	h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = fax.Take(ctx, tx, h.rosa, fax.Arrival{Name: "a.tif", From: "(555) 555-0148", ReceivedAt: tx.Now().Add(-time.Hour), Ref: ref, Came: "hand"})
		return err
	})
	h.check(x)
	return x.ID
}

// check does what the jobs do that follow an arrival.
func (h *house) check(x fax.Fax) {
	h.t.Helper()
	if err := h.looks.Check(context.Background(), attachment.Check{UploadID: x.UploadID}); err != nil {
		h.t.Fatal(err)
	}
	h.Do(func(ctx context.Context, tx *db.Tx) error {
		return fax.FileChecked(ctx, tx, attachment.Checked{UploadID: x.UploadID})
	})
	if err := (fax.Reader{DB: h.DB, Files: h.files, Reader: h.looks.Reader}).Read(context.Background(), fax.ReadCodes{FaxID: x.ID}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) pages(id string) (x fax.Fax, pages []fax.Page) {
	h.t.Helper()
	h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		x, pages, _, err = fax.Get(ctx, tx, h.rosa, id)
		return err
	})
	return x, pages
}

func (h *house) place(by account.Actor, id string, pages []int, number string, answers ...string) (kept bool, err error) {
	h.t.Helper()
	made := fax.Made{Pages: pages, Turns: make([]int, len(pages)), Ref: h.store([]byte("%PDF"))}
	err = h.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		kept, err = fax.Place(ctx, tx, by, id, made, number, "Office note", answers)
		return err
	})
	return kept, err
}

func (h *house) filesOf(o order.Order) (all []attachment.File) {
	h.t.Helper()
	h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = attachment.Of(ctx, tx, string(o.ID))
		return err
	})
	return all
}

// What stands behind each cover sheet is proposed, put, and counted as come
// when it came; each page once.
func TestPagesArePutByTheirCoverSheets(t *testing.T) {
	each(t, func(h *house) {
		a, b := h.Order(), h.Order()
		id := h.comes(a.Number, "", "", b.Number, "", "")
		x, pages := h.pages(id)
		got := fax.Proposals(pages)
		if x.Status != fax.Waiting || len(got) != 2 || got[0].Number != a.Number || !slices.Equal(got[0].Pages, []int{1, 2, 3}) || got[1].Number != b.Number || !slices.Equal(got[1].Pages, []int{4, 5, 6}) {
			t.Fatalf("%+v, %+v", x, got)
		}
		if kept, err := h.place(h.rosa, id, []int{1, 2, 3}, a.Number); err != nil || !kept {
			t.Fatal(kept, err)
		}
		if kept, err := h.place(h.rosa, id, []int{1, 2, 3}, a.Number); err != nil || kept { // a double click
			t.Error("sent twice:", kept, err)
		}
		for _, pages := range [][]int{{3, 4}, {1}} {
			if _, err := h.place(h.aisha, id, pages, b.Number); !fault.Is(err, fault.Conflict) {
				t.Errorf("pages %v: %v", pages, err)
			}
		}
		all := h.filesOf(a)
		if len(all) != 1 || all[0].Channel != "fax" || all[0].From != "(555) 555-0148" || !all[0].At.Equal(dbtest.Clock.Add(-time.Hour)) || all[0].Pages != 3 {
			t.Errorf("%+v", all)
		}
		if n := len(h.filesOf(b)); n != 0 {
			t.Errorf("the other order has %d files", n)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			return fax.SetAside(ctx, tx, h.rosa, id, []int{4, 6}, "blank")
		})
		if _, err := h.place(h.rosa, id, []int{6}, b.Number); !fault.Is(err, fault.Conflict) {
			t.Error("a page set aside:", err)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error { return fax.PutBack(ctx, tx, h.rosa, id, 6) })
		if _, err := h.place(h.rosa, id, []int{5, 6}, b.Number); err != nil {
			t.Fatal(err)
		}
		if x, _ := h.pages(id); x.Status != fax.Done {
			t.Errorf("%+v", x)
		}
	})
}

// A page of another patient leaves its order at once, for everybody; what was
// with it waits again, and it can be put where it belongs. The incident then
// knows whose data it was.
func TestAnotherPatientsPage(t *testing.T) {
	each(t, func(h *house) {
		a, b := h.Order(), h.Order()
		id := h.comes("", "", "")
		if _, err := h.place(h.rosa, id, []int{1, 2, 3}, a.Number); err != nil {
			t.Fatal(err)
		}
		var incident privacy.Incident
		report := func(by account.Actor, what string) error {
			return h.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				incident, err = fax.Report(ctx, tx, by, id, []int{2}, what)
				return err
			})
		}
		if err := report(h.rosa, " "); !fault.Is(err, fault.Invalid) {
			t.Error("nothing said:", err)
		}
		if err := report(h.Maria, "x"); !fault.Is(err, fault.Denied) {
			t.Error("the office:", err)
		}
		if err := report(h.rosa, "Two patients behind one sheet."); err != nil {
			t.Fatal(err)
		}
		if all := h.filesOf(a); len(all) != 0 {
			t.Errorf("it stands on the order: %+v", all)
		}
		_, pages := h.pages(id)
		if pages[0].State != fax.PageWaiting || pages[1].State != fax.Reported || pages[1].Incident != incident.ID || pages[2].State != fax.PageWaiting {
			t.Errorf("%+v", pages)
		}
		was := incident
		if err := report(h.rosa, "Again."); !fault.Is(err, fault.Conflict) {
			t.Error("twice:", err)
		}
		if _, err := h.place(h.rosa, id, []int{2}, b.Number); err != nil {
			t.Fatal(err)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from privacy_member where incident_id = $1 and member_id = $2`, was.ID, b.MemberID)
			if n != 1 {
				t.Errorf("the incident is about %d members", n)
			}
			return err
		})
	})
}

// A file that an office uploaded leaves its order too, and becomes a fax.
func TestAnotherPatientsFile(t *testing.T) {
	each(t, func(h *house) {
		o := h.Order()
		ref := h.store(inspecttest.Fax(t, "", ""))
		var f attachment.File
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			f, err = attachment.Add(ctx, tx, account.Program(), attachment.File{OrderID: string(o.ID), Name: "note.tif", MediaType: "image/tiff", Size: ref.Size, SHA256: ref.SHA256, BlobKey: ref.Key, Pages: 2})
			return err
		})
		var id string
		report := func(by account.Actor) error {
			return h.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				_, id, err = fax.ReportFile(ctx, tx, by, o, f.ID, "Another name on the page.")
				return err
			})
		}
		if err := report(h.rosa); !fault.Is(err, fault.Denied) {
			t.Error("who reads no clinical files:", err)
		}
		if err := report(h.aisha); err != nil {
			t.Fatal(err)
		}
		if all := h.filesOf(o); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		err := h.Try(func(ctx context.Context, tx *db.Tx) error {
			_, err := attachment.Get(ctx, tx, h.Maria, string(o.ID), o.MemberID, f.ID)
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Error("the office opens it:", err)
		}
		x, pages := h.pages(id)
		if x.Came != "order" || len(pages) != 2 || pages[0].State != fax.Reported {
			t.Errorf("%+v %+v", x, pages)
		}
	})
}

// Who takes no faxes sees none, and finds nothing by them.
func TestWhoPutsFaxes(t *testing.T) {
	each(t, func(h *house) {
		h.Lists()
		o := h.Order()
		id := h.comes("")
		for _, by := range []account.Actor{h.Maria, h.Stranger, h.Scheduler, h.Reviewers[0], {}} {
			if _, err := h.place(by, id, []int{1}, o.Number); !fault.Is(err, fault.Denied) {
				t.Errorf("%s puts it: %v", by.Name, err)
			}
			err := h.Try(func(ctx context.Context, tx *db.Tx) error {
				if _, _, _, err := fax.Get(ctx, tx, by, id); !fault.Is(err, fault.Denied) {
					t.Errorf("%s reads it: %v", by.Name, err)
				}
				if _, err := fax.FindMember(ctx, tx, by, scene.Card, h.Member.Born); !fault.Is(err, fault.Denied) {
					t.Errorf("%s finds members: %v", by.Name, err)
				}
				_, err := fax.List(ctx, tx, by, false)
				return err
			})
			if !fault.Is(err, fault.Denied) {
				t.Errorf("%s lists them: %v", by.Name, err)
			}
		}
		elsewhere := h.rosa
		elsewhere.Scopes = []account.Scope{{PlanID: "another"}}
		if _, err := h.place(elsewhere, id, []int{1}, o.Number); !fault.Is(err, fault.NotFound) {
			t.Error("an order of another plan:", err)
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			found, err := fax.FindMember(ctx, tx, h.rosa, scene.Card, h.Member.Born)
			if len(found) != 1 || found[0].Number() != o.Number {
				t.Errorf("%+v", found)
			}
			return err
		})
	})
}

// A cover sheet printed before a request is sent leads to the request: the pages
// stand among its files, and go along when it is sent.
func TestPagesOfARequestThatIsNotSent(t *testing.T) {
	each(t, func(h *house) {
		h.Lists()
		r := h.Filled()
		id := h.comes(r.Number, "")
		if _, err := h.place(h.rosa, id, []int{1, 2}, r.Number); err != nil {
			t.Fatal(err)
		}
		uploads := func() (all []attachment.Upload) {
			t.Helper()
			h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				all, err = attachment.Uploads(ctx, tx, string(r.ID))
				return err
			})
			return all
		}
		if all := uploads(); len(all) != 1 || all[0].Status != attachment.Accepted || all[0].OrderID != "" || all[0].Channel != "fax" {
			t.Errorf("%+v", all)
		}
		_, pages := h.pages(id)
		if pages[0].RequestID != string(r.ID) || pages[0].OrderID != "" {
			t.Errorf("%+v", pages[0])
		}
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := fax.Report(ctx, tx, h.rosa, id, []int{2}, "Another name on it.")
			return err
		})
		if all := uploads(); len(all) != 0 {
			t.Errorf("it is still among the files: %+v", all)
		}
	})
}

// Pages that were asked for are put as the answer, once.
func TestPagesThatWereAskedFor(t *testing.T) {
	each(t, func(h *house) {
		o := h.Order()
		var thread message.Thread
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			terms, err := message.TermsOf(ctx, tx, o)
			if err != nil {
				return err
			}
			thread, err = message.Send(ctx, tx, h.aisha, o, message.Ask{Type: "more_information", Intro: "Please send:", ReplyBy: terms.Usual, Items: []message.Item{{Kind: message.File, Ask: "Send the office notes of the last three visits.", FileKind: "Office note"}}})
			return err
		})
		h.Do(func(ctx context.Context, tx *db.Tx) error {
			return message.Leave(ctx, tx, message.Go{ThreadID: thread.ID, Version: thread.Version})
		})
		id := h.comes("", "")
		if _, err := h.place(h.rosa, id, []int{1}, o.Number, thread.ID); err != nil {
			t.Fatal(err)
		}
		var now order.Order
		h.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			now, err = order.ByID(ctx, tx, h.rosa, o.ID)
			return err
		})
		if now.Status == order.InfoRequested {
			t.Errorf("it still waits: %s", now.Status)
		}
		if _, err := h.place(h.rosa, id, []int{2}, o.Number, thread.ID); !fault.Is(err, fault.Conflict) {
			t.Error("answered twice:", err)
		}
		if _, pages := h.pages(id); pages[1].State != fax.PageWaiting {
			t.Error("a page was put though that was refused")
		}
	})
}
