package letter_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/letter"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/review"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/infra/pdf"
	"parley/internal/scene"
)

// A post is a world whose letters go out.
type post struct {
	*scene.World
	t     *testing.T
	box   letter.Outbox
	jobs  *job.Runner
	clerk account.Actor
}

func opened(t *testing.T, d *db.DB) *post {
	p := &post{World: scene.New(t, d, 2), t: t, box: letter.Outbox{DB: d, Files: blob.Dir{Path: t.TempDir()}}, jobs: job.NewRunner(d, slog.New(slog.DiscardHandler))}
	job.React(p.jobs, letter.Write)
	job.React(p.jobs, letter.Offer)
	job.React(p.jobs, letter.Extend)
	job.React(p.jobs, letter.TakeBack)
	job.React(p.jobs, func(context.Context, *db.Tx, letter.WentOut) error { return nil })
	job.Handle(p.jobs, p.box.Send)
	p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		p.clerk, err = p.Person(ctx, tx, "Ines", "Post", p.Reviewers[0].Seat().OrganizationID, account.Intake)
		if err != nil {
			return err
		}
		m := p.Member
		m.Line, m.City, m.State, m.ZIP = "12 Main Street", "Austin", "TX", "78701"
		_, err = member.Save(ctx, tx, account.Program(), m)
		return err
	})
	return p
}

func (p *post) speak(language string) {
	p.Do(func(ctx context.Context, tx *db.Tx) error {
		m, err := member.Get(ctx, tx, p.Member.ID)
		if err != nil {
			return err
		}
		m.Language = language
		_, err = member.Save(ctx, tx, account.Program(), m)
		return err
	})
}

func (p *post) drain() {
	p.t.Helper()
	if _, err := p.jobs.Drain(context.Background()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) decide(d review.Decision) order.Order {
	p.t.Helper()
	var o order.Order
	p.Do(func(ctx context.Context, tx *db.Tx) error {
		_, err := review.Decide(ctx, tx, p.Reviewers[0], d)
		return err
	})
	p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.ByID(ctx, tx, p.Reviewers[0], d.Order)
		return err
	})
	p.later(review.UndoFor)
	p.drain()
	return o
}

func (p *post) later(d time.Duration) {
	now := p.DB.Now().Add(d)
	p.DB.Now = func() time.Time { return now }
}

func (p *post) letters(o order.Order) (all []letter.Letter, ways map[string][]letter.Delivery) {
	p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		if all, err = letter.Of(ctx, tx, o.ID); err != nil {
			return err
		}
		ways, err = letter.Deliveries(ctx, tx, all)
		return err
	})
	return all, ways
}

func (p *post) tasks(v letter.View) (all []letter.Task) {
	p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = letter.Tasks(ctx, tx, p.clerk, v)
		return err
	})
	return all
}

// A denial writes a letter to the office and one to the member, which go out
// once, are kept as PDF, and wait for paper until somebody mails them.
func TestADenialIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := opened(t, d)
		o := p.decide(scene.Denial(p.Order()))
		p.drain()
		all, ways := p.letters(o)
		if len(all) != 2 || all[0].Audience != letter.Provider || all[1].Audience != letter.Member {
			t.Fatalf("%+v", all)
		}
		text := letter.Text(all[1].Blocks)
		for _, want := range []string{"Rosa Canarywell", "12 Main Street", "Your request was not approved", "Your records do not show 6 weeks of care.", "You or someone you name can appeal to the plan.", "A person reviewed this request"} {
			if !strings.Contains(text, want) {
				t.Errorf("the member isn't told %q:\n%s", want, text)
			}
		}
		if text := letter.Text(all[0].Blocks); !strings.Contains(text, "Therapy notes.") || !strings.Contains(text, "Peer-to-peer call") || !strings.Contains(text, o.Services[0].Code) {
			t.Errorf("the office isn't told all:\n%s", text)
		}
		if w := ways[all[0].ID]; len(w) != 1 || w[0].Channel != letter.OnPage || w[0].Status != letter.Done {
			t.Errorf("%+v", w)
		}
		kept, err := letter.PDF(context.Background(), p.box.Files, all[1], pdf.Letterhead{})
		if err != nil || !bytes.HasPrefix(kept, []byte("%PDF-")) {
			t.Errorf("%v", err)
		}
		p.mail(all[1])
	})
}

// mail prints what waits and gives it to the mail, once.
func (p *post) mail(l letter.Letter) {
	p.t.Helper()
	if waiting := p.tasks(letter.ToPrint); len(waiting) != 1 || waiting[0].ID != l.ID {
		p.t.Fatalf("%+v", waiting)
	}
	var batch string
	p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		batch, _, err = letter.Print(ctx, tx, p.clerk)
		return err
	})
	p.Do(func(ctx context.Context, tx *db.Tx) error {
		some, heads, err := letter.Batch(ctx, tx, p.clerk, batch)
		if err != nil || len(some) != 1 {
			return err
		}
		sheets, err := letter.Sheets(ctx, p.box.Files, some, heads)
		if err == nil && !bytes.HasPrefix(sheets, []byte("%PDF-")) {
			p.t.Error("no sheets")
		}
		return err
	})
	again := p.Try(func(ctx context.Context, tx *db.Tx) error { _, _, err := letter.Print(ctx, tx, p.clerk); return err })
	if !fault.Is(again, fault.Conflict) {
		p.t.Errorf("printed twice: %v", again)
	}
	mailed := func() error {
		return p.Try(func(ctx context.Context, tx *db.Tx) error { return letter.Mailed(ctx, tx, p.clerk, batch) })
	}
	if err := mailed(); err != nil {
		p.t.Fatal(err)
	}
	if err := mailed(); !fault.Is(err, fault.Conflict) {
		p.t.Errorf("mailed twice: %v", err)
	}
	if n := len(p.tasks(letter.Printed)) + len(p.tasks(letter.ToPrint)); n > 0 {
		p.t.Errorf("%d are still to be mailed", n)
	}
}

// A member who reads Spanish gets no letter in English: it waits for the words.
func TestSpanishWaitsForItsWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := opened(t, d)
		p.speak("es-MX")
		o := p.decide(scene.Denial(p.Order()))
		if all, _ := p.letters(o); len(all) != 1 || all[0].Audience != letter.Provider {
			t.Fatalf("%+v", all)
		}
		held := p.tasks(letter.NeedsFix)
		if len(held) != 1 || held[0].Language != "es" || held[0].Problems[0].Rule != "reason" {
			t.Fatalf("%+v", held)
		}
		mend := func(by account.Actor, words string) error {
			return p.Try(func(ctx context.Context, tx *db.Tx) error {
				l, o, err := letter.Find(ctx, tx, by, held[0].ID)
				if err == nil {
					_, err = letter.Mend(ctx, tx, by, l, o, words)
				}
				return err
			})
		}
		if err := mend(p.Maria, "Sus documentos no muestran terapia."); !fault.Is(err, fault.Denied) {
			t.Errorf("an office mends: %v", err)
		}
		if err := mend(p.clerk, ""); fault.Of(err).Fields["plain"] == "" {
			t.Errorf("nothing is taken: %v", err)
		}
		if err := mend(p.clerk, "Sus documentos no muestran XYZ."); err != nil || len(p.tasks(letter.NeedsFix)) != 1 {
			t.Errorf("a letter with a short form goes: %v", err)
		}
		if err := mend(p.clerk, "Sus documentos no muestran 6 semanas de terapia."); err != nil {
			t.Fatal(err)
		}
		p.drain()
		all, _ := p.letters(o)
		if len(all) != 2 || all[0].Language != "es" && all[1].Language != "es" {
			t.Fatalf("%+v", all)
		}
		if err := mend(p.clerk, "Otra cosa."); !fault.Is(err, fault.Conflict) {
			t.Errorf("a letter that went is changed: %v", err)
		}
	})
}

// An extension and a withdrawal are told in writing; a fax waits for a hand.
func TestOtherLetters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := opened(t, d)
		o := p.Order()
		p.Do(func(ctx context.Context, tx *db.Tx) error {
			l := p.Line
			l.RulePacks = "medicare-advantage"
			return plan.SaveLine(ctx, tx, account.Program(), l)
		})
		other := p.Order()
		p.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := order.ExtendTime(ctx, tx, p.Reviewers[0], other, other.Version, "The member asked for it")
			return err
		})
		p.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := order.Amend(ctx, tx, p.Maria, o, order.Amendment{Withdraw: true, Text: "No longer needed."})
			return err
		})
		p.drain()
		if all, _ := p.letters(other); len(all) != 2 || all[0].Kind != letter.Extension {
			t.Errorf("%+v", all)
		}
		if all, _ := p.letters(o); len(all) != 2 || all[0].Kind != letter.Withdrawn {
			t.Errorf("%+v", all)
		}
	})
}

func TestPublishing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := opened(t, d)
		own := strings.NewReplacer("id: denied-member-en", "id: harbor-denied", "version: 2026.1", "version: 1\nplan: harbor", "Your request was not approved", "We could not approve this").Replace(file(t, "denied-member-en"))
		publish := func(by account.Actor, text string) (fresh bool, err error) {
			err = p.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				_, fresh, err = letter.Publish(ctx, tx, by, text)
				return err
			})
			return fresh, err
		}
		if _, err := publish(p.Maria, own); !fault.Is(err, fault.Denied) {
			t.Errorf("an office publishes: %v", err)
		}
		if fresh, err := publish(account.Program(), own); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		if fresh, err := publish(account.Program(), own); err != nil || fresh {
			t.Error(fresh, err)
		}
		if _, err := publish(account.Program(), strings.Replace(own, "We could not", "We can not", 1)); !fault.Is(err, fault.Conflict) {
			t.Errorf("what was published changes: %v", err)
		}
		if _, err := publish(account.Program(), strings.NewReplacer("version: 1", "version: 2", "Dear", "XYZ").Replace(own)); !fault.Is(err, fault.Invalid) {
			t.Errorf("a short form is published: %v", err)
		}
		all, _ := p.letters(p.decide(scene.Denial(p.Order())))
		if all[1].Title != "We could not approve this" || all[1].Template != "harbor-denied@1" {
			t.Errorf("%+v", all[1])
		}
	})
}

func file(t *testing.T, id string) string {
	for _, l := range letter.Library() {
		if l.ID == id {
			return l.Text
		}
	}
	t.Fatal("no template", id)
	return ""
}

// What is asked for is written to the office; to the member too where the
// decision waits for it, but not before somebody has said it in their language.
func TestWhatIsMissingIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := opened(t, d)
		p.speak("es")
		o := p.Order()
		due := p.DB.Now().Add(80 * 24 * time.Hour)
		want := letter.Want{Cause: "msg_1", Asks: []string{"Notes of therapy. The last 6 weeks", "The MRI from October"}, Until: p.DB.Now().Add(50 * 24 * time.Hour), Due: &due, Effect: deadline.Pauses}
		ask := func() {
			p.Do(func(ctx context.Context, tx *db.Tx) error { return letter.Ask(ctx, tx, o.ID, want) })
			p.drain()
		}
		ask()
		ask() // the event came twice
		all, _ := p.letters(o)
		if len(all) != 1 || all[0].Audience != letter.Provider || all[0].Kind != letter.MoreInformation {
			t.Fatalf("%+v", all)
		}
		if text := letter.Text(all[0].Blocks); !strings.Contains(text, "The MRI from October") || !strings.Contains(text, "The decision is made with what there is") {
			t.Errorf("the office isn't told all:\n%s", text)
		}
		held := p.tasks(letter.NeedsFix)
		if len(held) != 1 || held[0].Language != "es" || len(held[0].Problems) != 1 || held[0].Problems[0].Rule != "missing" {
			t.Fatalf("in Spanish: %+v", held)
		}
		p.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := letter.Mend(ctx, tx, p.clerk, held[0].Letter, o, "Notas de la terapia\nLa imagen de octubre")
			return err
		})
		p.drain()
		all, _ = p.letters(o)
		if len(all) != 2 || !strings.Contains(letter.Text(all[1].Blocks), "La imagen de octubre") || !strings.Contains(letter.Text(all[1].Blocks), "aunque no llegue nada") {
			t.Errorf("mended: %+v", all)
		}
		want.Cause, want.Effect = "msg_2", deadline.Runs
		ask()
		if held := p.tasks(letter.NeedsFix); len(held) != 0 {
			t.Errorf("the member is told of what doesn't hold up the decision: %+v", held)
		}
	})
}

// A letter of an extension that is held says what it said, in other words.
func TestAnExtensionIsWrittenAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := opened(t, d)
		o := p.Order()
		due := p.DB.Now().Add(9 * 24 * time.Hour)
		p.Do(func(ctx context.Context, tx *db.Tx) error {
			return letter.Extend(ctx, tx, order.Extended{OrderID: string(o.ID), Due: due, Ground: "We wait for an EMG from XYZ"})
		})
		held := p.tasks(letter.NeedsFix)
		if len(held) != 1 {
			t.Fatalf("%+v", held)
		}
		p.Do(func(ctx context.Context, tx *db.Tx) error {
			words, ok, err := letter.Wording(ctx, tx, held[0].Letter, o)
			if words != "We wait for an EMG from XYZ" || !ok {
				t.Errorf("to be worded: %q %v", words, ok)
			}
			if err != nil {
				return err
			}
			l, err := letter.Mend(ctx, tx, p.clerk, held[0].Letter, o, "We wait for a test of your nerves")
			if text := letter.Text(l.Blocks); !strings.Contains(text, "We wait for a test of your nerves.") || !strings.Contains(text, "We will decide by ") {
				t.Errorf("written again:\n%s", text)
			}
			return err
		})
	})
}
