package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parley/internal/app"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// Two nodes serve one database; each is stopped and started again as the next
// version, which brings a change of the schema, while people work. No request
// fails and none is done twice.
func TestANodeIsUpgradedWhilePeopleWork(t *testing.T) {
	before, after := build(t), buildNext(t)
	s := newStage(t, before, dbtest.PostgresURL(t), 1, func(*stage, *app.App, *scene.World) {})
	b := &balancer{}
	for range 2 {
		b.nodes = append(b.nodes, s.node(before))
	}
	defer b.stop()
	ctx, cancel := context.WithCancel(context.Background())
	var people sync.WaitGroup
	for person := range 4 {
		people.Go(func() { b.ask(ctx, s, person) })
	}
	for i := range b.nodes {
		time.Sleep(400 * time.Millisecond)
		b.nodes[i].end(t)
		b.replace(i, s.node(after))
		for _, n := range b.nodes { // also the older one, beside the newer schema
			if !n.ready() {
				t.Error("a node says that it is not ready")
			}
		}
	}
	time.Sleep(400 * time.Millisecond)
	cancel()
	people.Wait()
	for _, bad := range b.failed {
		t.Error(bad)
	}
	if b.sent.Load() < 40 {
		t.Errorf("only %d were sent: nobody worked meanwhile", b.sent.Load())
	}
	s.checkOnce(b.sent.Load())
}

// buildNext builds the program as it will be: with one more change of the
// schema.
func buildNext(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	migration, overlay, program := filepath.Join(dir, "next.sql"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "parley")
	place, err := filepath.Abs("../infra/db/migrations/9000_next.sql")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{place: migration}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{overlay: text, migration: []byte("-- +goose Up\nalter table plan add column next_note text not null default '';\n\n-- +goose Down\nalter table plan drop column next_note;\n")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "build", "-overlay", overlay, "-o", program, "../../cmd/parley").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// A node is one running program.
type node struct {
	cmd     *exec.Cmd
	address string
	said    *bytes.Buffer // read only after it has ended
}

// node starts a program and waits until it is ready for requests.
func (s *stage) node(program string) *node {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	n := &node{address: l.Addr().String(), said: &bytes.Buffer{}}
	if err := l.Close(); err != nil {
		s.Fatal(err)
	}
	n.cmd = exec.Command(program, "serve", "--addr", n.address, "--admin-addr", "", "--url", "http://127.0.0.1", "--database", s.database, "--data", s.data,
		"--mail-host", "127.0.0.1", "--mail-port", strconv.Itoa(s.mail.port), "--mail-tls", "none", "--mail-from", "no-reply@parley.example")
	n.cmd.Stderr = n.said
	n.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.data}
	if err := n.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	for range 1000 {
		if n.ready() {
			return n
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
	s.Fatalf("the node is not ready:\n%s", n.said.String())
	return nil
}

func (n *node) ready() bool {
	res, err := http.Get("http://" + n.address + "/readyz") //nolint:noctx // its own machine
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// end stops a node as an operator does, and waits until it has finished what it
// had begun.
func (n *node) end(t *testing.T) {
	t.Helper()
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v:\n%s", err, n.said.String())
	}
}

// A balancer gives requests to nodes by turns, as the proxy before them does: to
// those that take a connection and say that they are ready. What no node took
// is given to the next.
type balancer struct {
	mu     sync.RWMutex
	nodes  []*node
	turn   atomic.Int64
	sent   atomic.Int64
	failed []string
}

func (b *balancer) replace(i int, n *node) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nodes[i] = n
}

func (b *balancer) stop() {
	for _, n := range b.nodes {
		_ = n.cmd.Process.Kill()
		_ = n.cmd.Wait()
	}
}

func (b *balancer) next() *node {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.nodes[b.turn.Add(1)%int64(len(b.nodes))]
}

func (b *balancer) fail(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed = append(b.failed, text)
}

// ask has one person send questions, one after the other, until ctx ends.
func (b *balancer) ask(ctx context.Context, s *stage, person int) {
	for i := 0; ctx.Err() == nil; i++ {
		text := fmt.Sprintf("question %d of person %d", i, person)
		form := url.Values{"_key": {fmt.Sprintf("upgrade-%d-%d", person, i)}, "topic": {"technical"}, "text": {text}}
		if err := b.send(s, form); err != nil {
			b.fail(text + ": " + err.Error())
			continue
		}
		b.sent.Add(1)
	}
}

// send gives a form to the nodes until one takes it. The proxy gives up after
// some seconds.
func (b *balancer) send(s *stage, form url.Values) error {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		n := b.next()
		if !n.ready() {
			continue
		}
		req, err := http.NewRequest(http.MethodPost, "http://"+n.address+"/messages/new", strings.NewReader(form.Encode())) //nolint:noctx // what was sent is waited for
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.AddCookie(&http.Cookie{Name: "parley_session", Value: s.token})
		res, err := perRequest.Do(req)
		if errors.Is(err, syscall.ECONNREFUSED) {
			continue
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err == nil && res.StatusCode != http.StatusSeeOther {
			err = fmt.Errorf("%d %s", res.StatusCode, text(string(body)))
		}
		return err
	}
	return errors.New("no node took it")
}

// perRequest has a connection for each request, so that none is lost with a
// connection that a node closes as it ends.
var perRequest = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// checkOnce checks that what was acknowledged is there, each once.
func (s *stage) checkOnce(sent int64) {
	s.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, s.database)
	if err != nil {
		s.Fatal(err)
	}
	defer d.Close()
	err = d.View(ctx, func(tx *db.Tx) error {
		n, err := db.Count(ctx, tx, `select count(*) from message_entry where text like 'question % of person %'`)
		if err != nil {
			return err
		}
		once, err := db.Count(ctx, tx, `select count(distinct text) from message_entry where text like 'question % of person %'`)
		if int64(once) != sent || n != once {
			s.Errorf("%d were acknowledged, %d are there, %d different ones", sent, n, once)
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
}
