package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/domain/attachment"
	"parley/internal/domain/deadline"
	"parley/internal/domain/message"
	"parley/internal/domain/order"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/mail"
	"parley/internal/scene"
)

// A talkStage is a stage on which people answer messages, with files.
type talkStage struct {
	*stage
	threads []message.Thread
	files   map[string][]string // thread's number to the SHA-256 of files that were acknowledged
	sent    map[string]bool     // its answers were acknowledged
}

// The program is killed again and again while an office uploads files and sends
// its answers. Afterwards each answer is sent with all its files, or is a draft
// with all that was acknowledged; each clock went on once.
func TestKilledWhileAnsweringNothingIsHalfSent(t *testing.T) {
	program := build(t)
	for name, address := range map[string]func() string{"sqlite": func() string { return "sqlite:" + filepath.Join(t.TempDir(), "parley.db") }, "postgres": func() string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			k := &talkStage{files: map[string][]string{}, sent: map[string]bool{}}
			k.stage = newStage(t, program, address(), 1, k.ask)
			k.use = k.answer
			for i := range kills() / 5 {
				k.mail.away(i%10 < 3)
				k.run(time.Duration(150+rand.IntN(350)) * time.Millisecond)
			}
			k.mail.away(false)
			k.settle()
			k.check(k.checkThreads)
		})
	}
}

// ask has a nurse ask about many orders.
func (k *talkStage) ask(s *stage, a *app.App, w *scene.World) {
	var aisha account.Actor
	w.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		aisha, err = w.Person(ctx, tx, "Aisha", "Rivera", w.Scheduler.Seat().OrganizationID, account.Nurse)
		return err
	})
	for range 150 {
		o := w.Order()
		w.Do(func(ctx context.Context, tx *db.Tx) error {
			terms, err := message.TermsOf(ctx, tx, o)
			if err != nil {
				return err
			}
			t, err := message.Send(ctx, tx, aisha, o, message.Ask{Type: "more_information", ReplyBy: terms.Usual, Items: []message.Item{
				{Kind: message.File, Ask: "Send the office notes."}, {Kind: message.Text, Ask: "Which treatments were tried?"}}})
			k.threads = append(k.threads, t)
			return err
		})
	}
	a.Clock.Advance(message.UndoFor)
	if _, err := a.Jobs.Drain(context.Background()); err != nil {
		s.Fatal(err)
	}
}

// answer is what one of three people does: upload a file, then send.
func (k *talkStage) answer(ctx context.Context, address string, person int) {
	for i := person; ctx.Err() == nil; i += 3 {
		number := k.threads[i%len(k.threads)].Number
		k.mu.Lock()
		done := k.sent[number]
		k.mu.Unlock()
		if done {
			time.Sleep(time.Millisecond)
			continue
		}
		c := &client{s: k.stage, ctx: ctx, base: "http://" + address}
		k.answerOne(c, number)
	}
}

func (k *talkStage) answerOne(c *client, number string) {
	_, _, page, err := c.do("GET", "/messages/"+number, nil)
	if err != nil {
		return
	}
	if strings.Contains(page, `id="sent"`) { // sent by one whose answer the kill took
		return
	}
	if err := k.upload(c, number); err != nil {
		return
	}
	form := url.Values{"answer_1": {""}, "answer_2": {"Therapy, 8 weeks."}, "may": {"yes"}, "action": {"send"}}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], m[2])
	}
	if status, _, _, err := c.do("POST", "/messages/"+number, form); err == nil && status == http.StatusSeeOther {
		k.mu.Lock()
		k.sent[number] = true
		k.mu.Unlock()
	}
}

// upload brings one file and notes it if it was acknowledged.
func (k *talkStage) upload(c *client, number string) error {
	content := append(note("notes", 0), fmt.Sprintf("\n%% %d\n", rand.Int64())...) // each is another file
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("item", "1"); err != nil {
		return err
	}
	part, err := w.CreateFormFile("file", fmt.Sprintf("notes-%d.pdf", rand.Int64()))
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(c.ctx, http.MethodPost, c.base+"/messages/"+number+"/files", &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: c.s.token})
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("%d for a file: %w", res.StatusCode, errRefused)
	}
	sum := sha256.Sum256(content)
	k.mu.Lock()
	k.files[number] = append(k.files[number], hex.EncodeToString(sum[:]))
	k.mu.Unlock()
	return nil
}

// checkThreads: all or nothing, and nothing acknowledged is lost.
func (k *talkStage) checkThreads(ctx context.Context, tx *db.Tx) error {
	a, err := app.Open(ctx, app.Config{Database: k.database, Data: k.data, URL: "http://127.0.0.1", Sender: &mail.Box{}})
	if err != nil {
		return err
	}
	defer a.Close()
	sent, drafts := 0, 0
	for _, t := range k.threads {
		now, err := message.OfEvent(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		files, err := message.Files(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, sum := range k.files[t.Number] {
			if !slices.ContainsFunc(files, func(u attachment.Upload) bool { return u.SHA256 == sum }) {
				k.Errorf("message %s lost a file that was acknowledged", t.Number)
			}
		}
		for _, u := range files {
			if !readable(ctx, a.Files, u) {
				k.Errorf("file %s of message %s can't be read: %s %s", u.ID, t.Number, u.Status, u.Why)
			}
		}
		if now.AnsweredAt == nil {
			drafts++
			k.draftIsWhole(now, files)
			continue
		}
		sent++
		if err := k.answerIsWhole(ctx, tx, now, files); err != nil {
			return err
		}
	}
	k.Logf("%d launches: %d answers sent, %d drafts", k.launches, sent, drafts)
	if sent == 0 {
		k.Error("nothing was sent at all")
	}
	return nil
}

func (k *talkStage) draftIsWhole(t message.Thread, files []attachment.Upload) {
	if k.sent[t.Number] {
		k.Errorf("message %s was acknowledged as sent, and is a draft", t.Number)
	}
	for _, i := range t.Items {
		if i.SentAt != nil {
			k.Errorf("message %s: item %d is sent, the message isn't", t.Number, i.N)
		}
	}
	for _, u := range files {
		if u.OrderID != "" {
			k.Errorf("message %s isn't sent, its file %s is", t.Number, u.ID)
		}
	}
}

func (k *talkStage) answerIsWhole(ctx context.Context, tx *db.Tx, t message.Thread, files []attachment.Upload) error {
	for _, i := range t.Items {
		if i.SentAt == nil {
			k.Errorf("message %s is sent without item %d", t.Number, i.N)
		}
	}
	if len(files) == 0 {
		k.Errorf("message %s is sent without a file", t.Number)
	}
	for _, u := range files {
		if u.OrderID == "" && u.Status != attachment.Uploading { // of which not all came, and nobody was told so
			k.Errorf("message %s is sent without its file %s, which is %s", t.Number, u.ID, u.Status)
		}
	}
	clock, err := deadline.Of(ctx, tx, string(t.OrderID))
	if err != nil {
		return err
	}
	heard := 0
	for _, e := range clock.Events {
		if e.Kind == deadline.Answered {
			heard++
		}
	}
	o, err := order.OfEvent(ctx, tx, t.OrderID)
	if heard != 1 || o.Status == order.InfoRequested {
		k.Errorf("message %s: its clock heard of %d answers, the order is %q", t.Number, heard, o.Status)
	}
	return err
}

func readable(ctx context.Context, store *blob.Dir, u attachment.Upload) bool {
	if u.BlobKey == "" {
		return u.OrderID == "" // pieces of one that was on its way
	}
	r, err := store.Open(ctx, u.BlobKey)
	if err != nil {
		return false
	}
	defer r.Close()
	n, err := io.Copy(io.Discard, r)
	return err == nil && n == u.Size
}
