package review_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/letter"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/request"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// meets are answers that meet the criteria for an MRI of the lower back.
var meets = url.Values{"q.red_flags": {"cauda"}, "q.earlier_mri": {"no"}}

// noFiles has the guideline ask for no files, so that answers alone decide.
var noFiles = []string{`"need": "required"`, `"need": "helpful"`}

func received(w *scene.World, r request.Request, answers url.Values) (o order.Order, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		seen := 1
		for again := true; again; {
			out, err := request.SaveAnswers(ctx, tx, w.Maria, r, "lumbar-mri", "", answers, seen)
			if err != nil {
				return err
			}
			r, seen, again = out.Request, out.Questions.Response.Version, out.Again
		}
		o, err = review.Receive(ctx, tx, w.Maria, r, request.Sending{Attested: true})
		return err
	})
	return o, err
}

// What meets the criteria is approved as it is sent, by the program and
// saying so; what doesn't is in review, whatever was answered.
func TestRequestsAreApprovedOnTheSpot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri", noFiles...)
		for name, c := range map[string]struct {
			answers url.Values
			change  func(*request.Content)
			program func(*plan.Program)
			want    order.Status
		}{
			"met":                      {answers: meets, want: order.Approved},
			"not met":                  {answers: url.Values{"q.red_flags": {"none"}, "q.symptom_start.unknown": {"yes"}, "q.care_kinds": {"nothing"}, "q.care_weeks": {"0"}, "q.response.unknown": {"yes"}, "q.next_step": {"undecided"}, "q.earlier_mri": {"no"}}, want: order.New},
			"not shown":                {answers: url.Values{"q.red_flags": {"cauda"}, "q.earlier_mri": {"_unknown"}}, want: order.New},
			"more units than the term": {answers: meets, change: func(c *request.Content) { c.Order.Services[0].Units = 2 }, want: order.New},
			"asked for twice":          {answers: meets, change: func(c *request.Content) { c.Patient.Anyway = "The first was lost" }, want: order.New},
			"a second service": {answers: meets, change: func(c *request.Content) {
				c.Order.Services = append(c.Order.Services, request.Service{System: "CPT", Code: "29881", Wording: "Knee arthroscopy", Units: 1})
			}, want: order.New},
			"decided by hand": {answers: meets, program: func(p *plan.Program) { p.Intake.ByHand = true }, want: order.New},
		} {
			p := w.Program
			if c.program != nil {
				c.program(&p)
			}
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				_, err := plan.SaveProgram(ctx, tx, account.Program(), p)
				return err
			})
			r := w.Filled()
			if c.change != nil {
				w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
					r, err = request.Save(ctx, tx, w.Maria, r, request.OrderPart, r.Version, c.change)
					return err
				})
			}
			o, err := received(w, r, c.answers)
			if err != nil || o.Status != c.want {
				t.Errorf("%s: %s, %v; want %s", name, o.Status, err, c.want)
				continue
			}
			if c.want == order.Approved {
				explained(t, w, o)
			}
		}
	})
}

// explained checks what is on record of an approval by the program.
func explained(t *testing.T, w *scene.World, o order.Order) {
	t.Helper()
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		made, err := review.Latest(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if !made.ByProgram() || made.Rationale != "The answers meet the criteria of Lumbar spine MRI 2026.1." || o.AuthNumber == "" || o.Services[0].Approved != 1 {
			t.Errorf("%+v\n%+v", made, o)
		}
		if days := o.ValidFrom.DaysUntil(o.ValidTo); days != 90 {
			t.Errorf("valid for %d days", days)
		}
		all, err := letter.Preview(ctx, tx, o, made)
		if err != nil || len(all) != 2 {
			return err
		}
		if text := letter.Text(all[1].Blocks); strings.Contains(text, "A person reviewed") || !strings.Contains(text, made.Rationale) {
			t.Errorf("%s", text)
		}
		return nil
	})
}

// An order that lacks nothing but a file that is still being checked waits,
// and is approved once the file is taken; not if somebody reviews it by then.
func TestAFileThatComesLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri")
		for _, c := range []struct{ before, want order.Status }{{order.New, order.Approved}, {order.NurseReview, order.NurseReview}} {
			r := w.Filled()
			var u attachment.Upload
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				in, err := request.Folder(ctx, tx, r)
				if err != nil {
					return err
				}
				u, err = attachment.Take(ctx, tx, w.Maria, in, attachment.New{Name: "note.pdf", Item: "note"}, blob.Ref{Key: "k", Size: 10, SHA256: "s"})
				return err
			})
			o, err := received(w, r, meets)
			if err != nil || o.Status != order.New {
				t.Fatalf("sent with a file on its way: %s, %v", o.Status, err)
			}
			checked := func(ctx context.Context, tx *db.Tx) error {
				return review.FileChecked(ctx, tx, attachment.Checked{UploadID: u.ID})
			}
			w.Do(checked)
			if got := again(t, w, o.ID).Status; got != order.New {
				t.Errorf("approved before the file was taken: %s", got)
			}
			w.Do(func(ctx context.Context, tx *db.Tx) error {
				if c.before != order.New {
					if _, err := order.Move(ctx, tx, account.Program(), o, c.before, "In review."); err != nil {
						return err
					}
				}
				_, err := tx.Exec(ctx, `update upload set status = 'accepted' where id = $1`, u.ID)
				return err
			})
			w.Do(checked)
			w.Do(checked)
			if got := again(t, w, o.ID).Status; got != c.want {
				t.Errorf("%s: %s, want %s", c.before, got, c.want)
			}
		}
	})
}

// A file that begins to come in the moment in which its request is sent, so that
// neither sees the other, is enclosed once it was checked.
func TestAFileThatCrossesItsRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri", noFiles...)
		r := w.Filled()
		o, err := received(w, r, meets)
		if err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			in, err := request.Folder(ctx, tx, r) // as it was before
			if err != nil {
				return err
			}
			u, err := attachment.Take(ctx, tx, w.Maria, in, attachment.New{Name: "note.pdf"}, blob.Ref{Key: "k", Size: 10, SHA256: "s"})
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update upload set status = 'accepted' where id = $1`, u.ID); err != nil {
				return err
			}
			for range 2 {
				if err := request.FileChecked(ctx, tx, attachment.Checked{UploadID: u.ID}); err != nil {
					return err
				}
			}
			n, err := db.Count(ctx, tx, `select count(*) from attachment where order_id = $1`, string(o.ID))
			if n != 1 {
				t.Errorf("%d files are enclosed, want 1", n)
			}
			return err
		})
	})
}

// A request that was sent is the same order when it is sent again, and nothing
// is decided twice.
func TestSendingTwiceIsSendingOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		w.Publish("lumbar-mri", noFiles...)
		r := w.Filled()
		o, err := received(w, r, meets)
		if err != nil {
			t.Fatal(err)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			sent, err := request.Get(ctx, tx, w.Maria, r.Number)
			if err != nil {
				return err
			}
			again, err := review.Receive(ctx, tx, w.Maria, sent, request.Sending{})
			if err != nil || again.ID != o.ID || again.Version != o.Version {
				t.Errorf("%v: %s, %s", err, again.ID, o.ID)
			}
			n, err := db.Count(ctx, tx, `select count(*) from determination where order_id = $1`, string(o.ID))
			if err != nil || n != 1 {
				t.Errorf("%d determinations, %v", n, err)
			}
			return nil
		})
	})
}

// A program that wants a signature sends nothing without it, takes it from
// nobody but who orders, and loses it with any change.
func TestSignature(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := scene.New(t, d, 1)
		w.Lists()
		p := w.Program
		p.Intake.Signature = true
		var doctor account.Actor
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if _, err = plan.SaveProgram(ctx, tx, account.Program(), p); err != nil {
				return err
			}
			doctor, err = w.Person(ctx, tx, "Ada", "Okafor", w.Office.ID, account.Clinician)
			return err
		})
		doctor.Seats[0].PractitionerID = w.Doctor.ID
		r := w.Filled()
		send := func(r request.Request) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				_, err := review.Receive(ctx, tx, w.Maria, r, request.Sending{Attested: true})
				return err
			})
		}
		sign := func(by account.Actor, r request.Request) (signed request.Request, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) error {
				signed, err = request.Sign(ctx, tx, by, r, r.Version)
				return err
			})
			return signed, err
		}
		if err := send(r); !fault.Is(err, fault.Conflict) {
			t.Errorf("sent without a signature: %v", err)
		}
		if _, err := sign(w.Maria, r); !fault.Is(err, fault.Denied) {
			t.Errorf("signed by who doesn't order: %v", err)
		}
		signed, err := sign(doctor, r)
		if err != nil || signed.Signature == nil || signed.Signature.Name != "Ada Okafor" {
			t.Fatalf("%v: %+v", err, signed.Signature)
		}
		w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = request.Save(ctx, tx, w.Maria, signed, request.ProvidersPart, signed.Version, func(c *request.Content) { c.Providers.SiteOpen = true })
			return err
		})
		if err := send(r); !fault.Is(err, fault.Conflict) {
			t.Errorf("sent with the signature under other words: %v", err)
		}
		if signed, err = sign(doctor, r); err != nil {
			t.Fatal(err)
		}
		if err := send(signed); err != nil {
			t.Errorf("signed and refused: %v", err)
		}
	})
}
