package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parley/internal/domain/account"
	"parley/internal/domain/deadline"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
)

// threads is how many are simulated. PARLEY_THREADS changes it.
func threads() int {
	if n, err := strconv.Atoi(os.Getenv("PARLEY_THREADS")); err == nil {
		return n
	}
	return 210
}

// A fate is what becomes of a request for information.
type fate int

const (
	answeredAtOnce fate = iota
	answeredInPieces
	neverAnswered
	answeredLate
	takenBack
	answeredWithMoreTime
	askedBack
	fates
)

// A simulation is many threads on one clock, with a mail server that is often
// away and never takes some addresses.
type simulation struct {
	*house
	t       *testing.T
	aisha   account.Actor
	post    *post
	threads []message.Thread
	refused map[string]bool // ids of threads whose office has no mailbox
	tries   int             // mails offered
}

// Out of many threads with a mail server that fails in every way, each notice
// is sent exactly once or visibly failed, and each clock stops and runs again
// exactly once.
func TestEveryThreadIsHeardOfOnce(t *testing.T) {
	for name, address := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := stand(t, address(), 1)
			s := &simulation{house: h, t: t, aisha: h.person(t, "Aisha", account.Nurse), post: newPost(t), refused: map[string]bool{}}
			s.world.Do(func(ctx context.Context, tx *db.Tx) error {
				s.world.Program.Reviewing.MoreTime = true
				_, err := plan.SaveProgram(ctx, tx, account.Program(), s.world.Program)
				return err
			})
			s.flaky()
			dana := s.colleague("Dana", "Ortiz", account.OrgAdmin)
			s.ask()
			for day := 1; day <= 60; day++ {
				s.at(time.Duration(day) * 24 * time.Hour)
				s.live(day)
				s.drain(t)
			}
			s.flaky() // in peace now, past every pause of the queue
			s.post.mood = s.refuse
			for hour := range 12 {
				s.at(61*24*time.Hour + time.Duration(hour)*time.Hour)
				s.drain(t)
			}
			s.check(dana)
		})
	}
}

// flaky has the server refuse, by turns, the connection of one in seven, and
// forever whom nobody knows.
func (s *simulation) flaky() {
	s.Desk.Sender = s.post.sender()
	s.post.mood = func(c *smtp.Conn, address string) error {
		s.tries++
		switch s.tries % 7 {
		case 3:
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again"}
		case 5:
			_ = c.Close() // hangs up in the middle
			return errors.New("gone")
		}
		return s.refuse(c, address)
	}
}

func (s *simulation) refuse(_ *smtp.Conn, address string) error {
	if strings.HasPrefix(address, "nobody") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}

// ask has a nurse ask about many orders; the contact of one in nine has no
// mailbox.
func (s *simulation) ask() {
	s.t.Helper()
	for n := range threads() {
		o := s.world.Order()
		s.world.Do(func(ctx context.Context, tx *db.Tx) error {
			if n%9 == 0 {
				if _, err := tx.Exec(ctx, `update orders set contact_email = $1 where id = $2`, fmt.Sprintf("nobody%d@test.example", n), string(o.ID)); err != nil {
					return err
				}
			}
			terms, err := message.TermsOf(ctx, tx, o)
			if err != nil {
				return err
			}
			t, err := message.Send(ctx, tx, s.aisha, o, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: []message.Item{
				{Kind: message.Text, Ask: "Which treatments were tried?"}, {Kind: message.YesNo, Ask: "Was there an earlier MRI?"}}})
			s.threads = append(s.threads, t)
			s.refused[t.ID] = n%9 == 0
			return err
		})
		if s.fate(n) == takenBack {
			s.do(n, func(ctx context.Context, tx *db.Tx, _ message.Thread, o order.Order) error {
				_, err := message.TakeBack(ctx, tx, s.aisha, o)
				return err
			})
		}
	}
	s.at(time.Minute)
	s.drain(s.t)
}

func (s *simulation) fate(n int) fate { return fate(n) % fates }

// do changes the nth thread, as it is now.
func (s *simulation) do(n int, f func(context.Context, *db.Tx, message.Thread, order.Order) error) {
	s.t.Helper()
	s.world.Do(func(ctx context.Context, tx *db.Tx) error {
		t, err := message.OfEvent(ctx, tx, s.threads[n].ID)
		if err != nil {
			return err
		}
		o, err := order.OfEvent(ctx, tx, t.OrderID)
		if err != nil {
			return err
		}
		return f(ctx, tx, t, o)
	})
}

// live has people do what they do on that day.
func (s *simulation) live(day int) {
	s.t.Helper()
	both := []message.Answer{{Text: "Therapy."}, {Yes: "no"}}
	for n := range s.threads {
		switch f, on := s.fate(n), day-n%2; {
		case f == answeredAtOnce && on == 2, f == answeredLate && on == 50, f == answeredWithMoreTime && on == 46:
			s.answer(n, both...)
		case f == answeredInPieces && on == 2:
			s.answer(n, both[0])
		case f == answeredInPieces && on == 4:
			s.answer(n, both...)
		case f == answeredWithMoreTime && on == 1:
			s.do(n, func(ctx context.Context, tx *db.Tx, t message.Thread, o order.Order) error {
				_, err := message.MoreTime(ctx, tx, s.world.Maria, t, o)
				return err
			})
		case f == askedBack && on == 1:
			s.do(n, func(ctx context.Context, tx *db.Tx, t message.Thread, o order.Order) error {
				_, err := message.Reply(ctx, tx, s.world.Maria, t, o, "Which knee do you mean?")
				return err
			})
		case f == askedBack && on == 3:
			s.answer(n, both...)
		}
	}
}

func (s *simulation) answer(n int, all ...message.Answer) {
	s.t.Helper()
	s.do(n, func(ctx context.Context, tx *db.Tx, t message.Thread, o order.Order) error {
		for i, a := range all {
			if t.Items[i].SentAt != nil {
				continue
			}
			saved, err := message.SaveAnswer(ctx, tx, s.world.Maria, t, i+1, t.Items[i].Answer.Mark(), a)
			if err != nil {
				return err
			}
			t.Items[i] = saved
		}
		_, err := message.SendAnswers(ctx, tx, s.world.Maria, t, o, true)
		return err
	})
}

func (s *simulation) check(dana account.Actor) {
	s.t.Helper()
	s.checkMails(dana)
	s.checkClocks()
	s.world.Do(func(ctx context.Context, tx *db.Tx) error {
		dead, err := db.Count(ctx, tx, `select count(*) from job where state = 'dead'`)
		if dead > 0 {
			s.t.Errorf("%d jobs gave up", dead)
		}
		return err
	})
}

type sentMail struct{ id, key, address, object, state string }

// checkMails: what was queued arrived once, or is failed for all to see and its
// administrator heard of it; and each thread had exactly the notices it should.
func (s *simulation) checkMails(dana account.Actor) {
	s.t.Helper()
	var all []sentMail
	s.world.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = db.All(ctx, tx, func(r db.Row) (m sentMail, err error) {
			return m, r.Scan(&m.id, &m.key, &m.address, &m.object, &m.state)
		}, `select id, key, address, object_id, state from mail order by id`)
		return err
	})
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	asked, bounced, failed := map[string]int{}, 0, 0
	for _, m := range all {
		arrived := len(s.post.got[m.id])
		switch {
		case m.state == "sent" && arrived != 1:
			s.t.Errorf("%s is sent and arrived %d times", m.key, arrived)
		case m.state == "failed" && (arrived != 0 || !strings.HasPrefix(m.address, "nobody")):
			s.t.Errorf("%s to %s failed and arrived %d times", m.key, m.address, arrived)
		case m.state != "sent" && m.state != "failed":
			s.t.Errorf("%s is %s", m.key, m.state)
		}
		if m.state == "failed" {
			failed++
		}
		if strings.Contains(m.key, ":asked:") {
			asked[m.object]++
		}
		if strings.HasPrefix(m.key, "bounced:") {
			bounced++
			if m.address != dana.Email {
				s.t.Errorf("%s hears of what %s did not", m.address, m.object)
			}
		}
	}
	for n, t := range s.threads {
		want := 1
		if s.fate(n) == takenBack {
			want = 0
		}
		if asked[t.ID] != want {
			s.t.Errorf("thread %d was announced %d times, want %d", n, asked[t.ID], want)
		}
	}
	if failed == 0 || bounced != failed {
		s.t.Errorf("%d mails failed, the administrator heard of %d", failed, bounced)
	}
	s.t.Logf("%d threads, %d mails in %d tries, %d of them failed", len(s.threads), len(all), s.tries, failed)
}

// checkClocks: each was told once that its order waits and at most once that an
// answer came, and none waits any more.
func (s *simulation) checkClocks() {
	s.t.Helper()
	for n := range s.threads {
		s.do(n, func(ctx context.Context, tx *db.Tx, t message.Thread, o order.Order) error {
			clock, err := deadline.Of(ctx, tx, string(o.ID))
			if err != nil {
				return err
			}
			count := map[deadline.EventKind]int{}
			for _, e := range clock.Events {
				count[e.Kind]++
			}
			f := s.fate(n)
			asked, answered := 1, 1
			if f == takenBack {
				asked = 0
			}
			if f == takenBack || f == neverAnswered || f == answeredLate {
				answered = 0
			}
			if count[deadline.Asked] != asked || count[deadline.Answered] != answered || o.Status == order.InfoRequested {
				s.t.Errorf("thread %d (fate %d): the clock heard of %d questions and %d answers, the order is %q", n, f, count[deadline.Asked], count[deadline.Answered], o.Status)
			}
			if done := f != takenBack && f != neverAnswered; done != (len(t.Remaining()) == 0 && t.AnsweredAt != nil) {
				s.t.Errorf("thread %d (fate %d): %d items remain", n, f, len(t.Remaining()))
			}
			return nil
		})
	}
}
