package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/civil"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
)

// Sizes of the thread that is measured, and how many answers are followed.
const (
	longEntries = 200
	longFiles   = 50
	answers     = 40
)

// Messages measures the message center over Rows messages: the p99 of a page of
// the list, with its counts (messages.list_p99_ms), of the page of a thread of
// 200 entries and 50 files, through HTTP (messages.thread_p99_ms), and the time
// from the commit of an answer until the reviewer's open page is told
// (messages.answer_p95_ms).
func (r *Run) Messages(ctx context.Context) error {
	if r.Rows == 0 {
		r.Rows = 1_000_000
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	nurse, err := r.nurse(ctx)
	if err != nil {
		return err
	}
	if err := r.threads(ctx); err != nil {
		return err
	}
	if err := r.lists(ctx, nurse); err != nil {
		return err
	}
	server := httptest.NewServer(r.Handler)
	defer server.Close()
	if err := r.longThread(ctx, nurse, server.URL); err != nil {
		return err
	}
	return r.answered(ctx, nurse, server.URL)
}

func (r *Run) nurse(ctx context.Context) (nurse account.Actor, err error) {
	err = r.do(ctx, func(tx *db.Tx) error {
		um, err := account.SaveOrganization(ctx, tx, account.Program(), account.Organization{Kind: "um", Name: "Bench reviewers"})
		if err != nil {
			return err
		}
		nurse, err = r.person(ctx, tx, "nurse", account.Seat{OrganizationID: um.ID, Role: account.Nurse})
		if err != nil {
			return err
		}
		p := r.world.program
		p.Files = plan.NewFileRules(100, 2*longFiles, 500, nil)
		r.world.program, err = plan.SaveProgram(ctx, tx, account.Program(), p)
		return err
	})
	return nurse, err
}

// threads stores messages about orders of all offices: most are closed, some
// wait for an office, some for a reviewer.
func (r *Run) threads(ctx context.Context) error {
	orders, err := r.denied(ctx, max(offices, min(r.Rows/100, 10_000)))
	if err != nil {
		return err
	}
	random := fixed()
	for done := 0; done < r.Rows; done += perTransaction {
		err := r.do(ctx, func(tx *db.Tx) error {
			var all []message.Kept
			for n := done; n < min(done+perTransaction, r.Rows); n++ {
				o := orders[n%len(orders)]
				at := tx.Now().Add(-time.Duration(random.IntN(365*24*3600)) * time.Second)
				t := message.Thread{Number: strconv.Itoa(1_000_000_000 + n), OrderID: o.ID, OrganizationID: o.OrganizationID, LocationID: o.LocationID, PlanID: o.PlanID, ProgramID: o.ProgramID,
					Kind: message.Request, Type: "more_information", Subject: "1 file needed: Bench service", Status: message.Closed, SentAt: &at, CreatedAt: at, CreatedName: "Bench nurse", LastAt: at, OfficeN: 1}
				switch due := at.Add(14 * 24 * time.Hour); random.IntN(20) {
				case 0:
					t.Status, t.Turn, t.ReplyBy = message.Open, message.Office, &due
				case 1:
					t.Status, t.Turn, t.ReviewN = message.Open, message.Review, 1
				}
				all = append(all, message.Kept{Thread: t, Entries: []message.Entry{{At: at, Side: message.Review, Kind: "asked", Name: "Bench nurse"}}})
			}
			return message.CreateMany(ctx, tx, account.Program(), all)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lists measures pages of the list, for offices and for a reviewer.
func (r *Run) lists(ctx context.Context, nurse account.Actor) error {
	random := fixed()
	var took []time.Duration
	older := map[string]string{}
	for end := time.Now().Add(r.For); time.Now().Before(end); {
		by := r.by(random.IntN(offices))
		if random.IntN(4) == 0 {
			by = nurse
		}
		views := message.ViewsOf(by)
		q := message.Query{View: views[random.IntN(len(views))], Today: r.DB.Now()}
		place := string(by.ID) + q.View
		if random.IntN(2) > 0 {
			q.Before = older[place]
		}
		start := time.Now()
		page, err := r.listPage(ctx, by, q)
		if err != nil {
			return err
		}
		took = append(took, time.Since(start))
		older[place] = page.Older
	}
	return r.print("messages.list_p99_ms", percentile(took, .99), "ms", len(took))
}

// listPage is what a page of the list asks the database.
func (r *Run) listPage(ctx context.Context, by account.Actor, q message.Query) (page message.Page, err error) {
	err = r.DB.View(ctx, func(tx *db.Tx) error {
		if page, err = message.List(ctx, tx, by, q); err != nil {
			return err
		}
		if _, err := message.Counts(ctx, tx, by, civil.EndOfDay(civil.DateIn(tx.Now(), time.UTC), time.UTC)); err != nil {
			return err
		}
		_, err := message.UnreadOf(ctx, tx, by)
		return err
	})
	return page, err
}

// asked is a request for information about a new order of an office, which has
// left.
func (r *Run) asked(ctx context.Context, nurse account.Actor, office int) (t message.Thread, o order.Order, err error) {
	err = r.do(ctx, func(tx *db.Tx) error {
		now := tx.Now()
		o = r.order(office, order.NurseReview, now)
		due := now.Add(30 * 24 * time.Hour)
		o.DueAt, o.Number = &due, fmt.Sprintf("%010d", r.numbered.Add(1))
		all := []order.Order{o}
		if _, err := order.CreateMany(ctx, tx, account.Program(), all); err != nil {
			return err
		}
		if o, err = order.ByID(ctx, tx, account.Program(), all[0].ID); err != nil {
			return err
		}
		terms, err := message.TermsOf(ctx, tx, o)
		if err != nil {
			return err
		}
		if t, err = message.Send(ctx, tx, nurse, o, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: []message.Item{
			{Kind: message.File, Ask: "Send the office notes."}, {Kind: message.Text, Ask: "Which treatments were tried?"}}}); err != nil {
			return err
		}
		return message.Leave(ctx, tx, message.Go{ThreadID: t.ID, Version: t.Version})
	})
	return t, o, err
}

// longThread measures the page of a long thread, as an office and as a reviewer
// read it.
func (r *Run) longThread(ctx context.Context, nurse account.Actor, url string) error {
	t, o, err := r.asked(ctx, nurse, 0)
	if err != nil {
		return err
	}
	err = r.do(ctx, func(tx *db.Tx) error {
		now, err := message.OfEvent(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		in, err := message.Folder(ctx, tx, now, o)
		if err != nil {
			return err
		}
		for n := range longFiles {
			ref := blob.Ref{Key: fmt.Sprintf("bench-%d", n), Size: 100_000, SHA256: fmt.Sprintf("%064x", n)}
			if _, err := attachment.Take(ctx, tx, r.by(0), in, attachment.New{Name: fmt.Sprintf("notes-%d.pdf", n), Item: "1"}, ref); err != nil {
				return err
			}
		}
		for n := range longEntries - 1 {
			by := r.by(0)
			if n%2 > 0 {
				by = nurse
			}
			if now, err = message.Reply(ctx, tx, by, now, o, strings.Repeat("What was said. ", 20)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	tokens, err := r.sessions(ctx, r.by(0), nurse)
	if err != nil {
		return err
	}
	var took []time.Duration
	for n, end := 0, time.Now().Add(r.For); time.Now().Before(end); n++ {
		start := time.Now()
		if err := fetch(ctx, url+"/messages/"+t.Number, tokens[n%2]); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	return r.print("messages.thread_p99_ms", percentile(took, .99), "ms", len(took))
}

func (r *Run) sessions(ctx context.Context, all ...account.Actor) (tokens []string, err error) {
	err = r.do(ctx, func(tx *db.Tx) error {
		tokens = nil
		for _, a := range all {
			token, err := account.Begin(ctx, tx, a.ID, "authenticator", "bench", "127.0.0.1", account.Limits{Idle: time.Hour, Absolute: time.Hour})
			if err != nil {
				return err
			}
			tokens = append(tokens, token)
		}
		return nil
	})
	return tokens, err
}

func fetch(ctx context.Context, url, token string) error {
	res, err := open(ctx, url, token)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

func open(ctx context.Context, url, token string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/html, text/event-stream")
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: token})
	res, err := http.DefaultClient.Do(req)
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.Join(fmt.Errorf("%s answers %d", req.URL.Path, res.StatusCode), res.Body.Close())
	}
	return res, err
}

// answered measures from answers to the page of the case that a reviewer has
// open.
func (r *Run) answered(ctx context.Context, nurse account.Actor, url string) error {
	tokens, err := r.sessions(ctx, nurse)
	if err != nil {
		return err
	}
	var took []time.Duration
	for n := range answers {
		t, o, err := r.asked(ctx, nurse, n%offices)
		if err != nil {
			return err
		}
		one, err := r.told(ctx, t, o, r.by(n), url, tokens[0])
		if err != nil {
			return err
		}
		took = append(took, one)
	}
	return r.print("messages.answer_p95_ms", percentile(took, .95), "ms", len(took))
}

// told sends an answer while a reviewer looks, and says when the page heard.
func (r *Run) told(ctx context.Context, t message.Thread, o order.Order, by account.Actor, url, token string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	res, err := open(ctx, url+"/review/cases/"+o.Number+"/live", token)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close() //nolint:errcheck // the stream ends with it
	lines := bufio.NewScanner(res.Body)
	if err := event(lines); err != nil {
		return 0, err
	}
	err = r.do(ctx, func(tx *db.Tx) error {
		now, o, err := message.Get(ctx, tx, by, t.Number)
		if err != nil {
			return err
		}
		for n := range now.Items {
			if now.Items[n], err = message.SaveAnswer(ctx, tx, by, now, n+1, now.Items[n].Answer.Mark(), message.Answer{Text: "Therapy, 8 weeks."}); err != nil {
				return err
			}
		}
		_, err = message.SendAnswers(ctx, tx, by, now, o, true)
		return err
	})
	committed := time.Now()
	if err == nil {
		err = event(lines)
	}
	return time.Since(committed), err
}

// event reads a stream to its next picture.
func event(lines *bufio.Scanner) error {
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: ") {
			return nil
		}
	}
	return errors.Join(errors.New("the stream ended"), lines.Err())
}
