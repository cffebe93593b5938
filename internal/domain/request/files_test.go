package request_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/guideline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/request"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// A desk is an office's draft for the world's member.
type desk struct {
	*testing.T
	*scene.World
	request.Request
}

func each(t *testing.T, urgency order.Urgency, f func(*desk)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &desk{T: t, World: scene.New(t, d, 0)}
		w.Lists()
		w.Request = w.draft(urgency)
		f(w)
	})
}

func (d *desk) draft(urgency order.Urgency) (r request.Request) {
	d.Do(func(ctx context.Context, tx *db.Tx) error {
		cover, err := member.Coverages(ctx, tx, d.Member.ID)
		if err != nil {
			return err
		}
		if r, err = request.Begin(ctx, tx, d.Maria); err != nil {
			return err
		}
		r, err = request.Save(ctx, tx, d.Maria, r, request.ProvidersPart, r.Version, func(c *request.Content) {
			c.Patient = request.Patient{Typed: request.Typed{Service: civil.Date{Year: 2026, Month: time.December, Day: 1}}, MemberID: string(d.Member.ID), CoverageID: cover[0].ID, Number: scene.Card,
				First: d.Member.First, Last: d.Member.Last, Born: d.Member.Born, Sex: "female", PlanID: d.Plan.ID, Line: d.Line.Code}
			c.Order = request.Ordered{Services: []request.Service{{System: "CPT", Code: "72148", Wording: "MRI, lower back", Units: 1}}, Diagnoses: []request.Diagnosis{{Code: "M54.50", Wording: "Low back pain"}},
				ProgramID: d.Program.ID, Urgency: urgency, Urgent: "pain", Why: "Pain"}
			c.Providers = request.Providers{PractitionerID: d.Doctor.ID, LocationID: d.North.ID, SiteOpen: true, Contact: order.Contact{Name: "Maria Chen", Phone: "(555) 555-0147", Email: d.Maria.Email}}
		})
		return err
	})
	return r
}

// asks publishes the guideline that comes with the program, and answers it so
// that it asks for files.
func (d *desk) asks() {
	d.Do(func(ctx context.Context, tx *db.Tx) error {
		all, err := guideline.Library()
		if err != nil {
			return err
		}
		for _, v := range all {
			if v.ID != "lumbar-mri" {
				continue
			}
			p, _, err := guideline.Publish(ctx, tx, account.Program(), v.Text())
			if err != nil {
				return err
			}
			c := v.Cases[0]
			_, err = guideline.Start(ctx, tx, d.Maria, guideline.Response{RequestID: string(d.ID), OrganizationID: d.Office.ID, MemberID: d.Member.ID, PlanID: d.Plan.ID, ProgramID: d.Program.ID, Answers: c.Answers}, p, c.Facts)
			return err
		}
		d.Fatal("there is no such guideline")
		return nil
	})
}

func (d *desk) enclosed() (wanted []request.Wanted, rest []attachment.Upload) {
	d.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		wanted, rest, err = request.Enclosed(ctx, tx, d.Maria, d.Request)
		return err
	})
	return wanted, rest
}

// take is a file that has come, for an item of the checklist.
func (d *desk) take(r request.Request, name, item string) (u attachment.Upload) {
	d.Do(func(ctx context.Context, tx *db.Tx) error {
		in, err := request.Folder(ctx, tx, r)
		if err != nil {
			return err
		}
		u, err = attachment.Take(ctx, tx, d.Maria, in, attachment.New{Name: name, Item: item}, blob.Ref{Key: name, Size: 10, SHA256: name})
		return err
	})
	return u
}

func (d *desk) send() (o order.Order, err error) {
	err = d.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		sent, err := request.Send(ctx, tx, d.Maria, d.Request, request.Sending{Attested: true})
		o = sent.Order
		return err
	})
	return o, err
}

func TestUrgentNeedsAFile(t *testing.T) {
	each(t, order.Urgent, func(d *desk) {
		if _, err := d.send(); fault.Of(err).Fields["files"].String() != "Upload at least one file to ask for an urgent review, or change to standard" {
			d.Fatal(err)
		}
		d.take(d.Request, "note.pdf", "")
		o, err := d.send()
		if err != nil {
			d.Fatal(err)
		}
		d.Do(func(ctx context.Context, tx *db.Tx) error {
			late, err := attachment.Late(ctx, tx, string(o.ID))
			if len(late) != 1 || late[0].Words() != "Checking" {
				d.Errorf("%+v", late)
			}
			return err
		})
	})
}

func TestStandardNeedsNone(t *testing.T) {
	each(t, order.Standard, func(d *desk) {
		if _, err := d.send(); err != nil {
			d.Fatal(err)
		}
	})
}

func TestTheChecklist(t *testing.T) {
	each(t, order.Standard, func(d *desk) {
		d.asks()
		wanted, rest := d.enclosed()
		if len(wanted) == 0 || len(rest) != 0 || !wanted[0].Required {
			d.Fatalf("%+v, %+v", wanted, rest)
		}
		first := wanted[0]
		if _, err := d.send(); !strings.Contains(fault.Of(err).Fields["files"].String(), first.Item) {
			d.Fatal(err)
		}
		d.take(d.Request, "note.pdf", first.ID)
		d.take(d.Request, "more.pdf", "")
		if wanted, rest = d.enclosed(); len(wanted[0].Files) != 1 || len(rest) != 1 {
			d.Errorf("%+v, %+v", wanted, rest)
		}
		why := map[string]string{}
		for _, w := range wanted[1:] {
			why[w.ID] = " It was never made. "
		}
		why[first.ID] = strings.Repeat("x", request.MostWithout+1)
		if _, err := d.without(why); fault.Of(err).Fields["without_"+first.ID] == "" {
			d.Errorf("a reason of 501 letters: %v", err)
		}
		delete(why, first.ID)
		if _, err := d.without(why); err != nil {
			d.Fatal(err)
		}
		if wanted, _ = d.enclosed(); len(wanted) > 1 && wanted[1].Without != "It was never made." {
			d.Errorf("%+v", wanted[1])
		}
		if _, err := d.send(); err != nil {
			d.Error(err)
		}
	})
}

func (d *desk) without(why map[string]string) (r request.Request, err error) {
	err = d.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = request.SayWithout(ctx, tx, d.Maria, d.Request, d.Version, why)
		return err
	})
	if err == nil {
		d.Request = r
	}
	return r, err
}

// Files of the same patient can be chosen again by who could see them, and by
// nobody else.
func TestEarlierFiles(t *testing.T) {
	each(t, order.Standard, func(d *desk) {
		u := d.take(d.Request, "note.pdf", "")
		d.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update upload set status = 'accepted' where id = $1`, u.ID)
			return err
		})
		next := d.draft(order.Standard)
		d.Do(func(ctx context.Context, tx *db.Tx) error {
			own, err := request.Earlier(ctx, tx, d.Maria, next)
			if err != nil || len(own) != 1 || own[0].ID != u.ID {
				d.Errorf("Maria's: %+v, %v", own, err)
			}
			same, err := request.Earlier(ctx, tx, d.Maria, d.Request)
			if err != nil || len(same) != 0 {
				d.Errorf("of the same request: %+v, %v", same, err)
			}
			strangers, err := request.Earlier(ctx, tx, d.Stranger, next)
			if len(strangers) != 0 {
				d.Errorf("a stranger's: %+v", strangers)
			}
			return err
		})
	})
}

func TestAFileWithAPasswordStopsSending(t *testing.T) {
	each(t, order.Standard, func(d *desk) {
		u := d.take(d.Request, "locked.pdf", "")
		d.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update upload set status = 'protected' where id = $1`, u.ID)
			return err
		})
		if _, err := d.send(); fault.Of(err).Fields["files"].String() != "A file is password protected. Enter its password or delete it" {
			d.Error(err)
		}
	})
}
