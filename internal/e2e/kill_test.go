package e2e

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/internal/app"
	"parley/internal/domain/account"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/mail"
	"parley/internal/scene"
)

// workers is how many jobs the program runs at once.
const workers = 4

// kills is how often the program is killed. PARLEY_KILLS changes it.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("PARLEY_KILLS")); err == nil {
		return n
	}
	return 100
}

// The program is killed, with no warning, again and again while people book,
// move and cancel calls, and its mail server is away for a while. Afterwards
// every call is in a state that somebody was told of or was just asking for,
// the claims are exactly those of the calls, and each mail went out.
func TestKilledAtAnyMomentNothingIsHalfDone(t *testing.T) {
	program := build(t)
	for name, address := range map[string]func() string{"sqlite": func() string { return "sqlite:" + filepath.Join(t.TempDir(), "parley.db") }, "postgres": func() string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, program, address(), 3, deniedOrders)
			s.use = s.handleCalls
			for i := range kills() / 2 { // half of them on each database
				s.mail.away(i%10 < 3)
				s.run(time.Duration(20+rand.IntN(250)) * time.Millisecond)
			}
			s.mail.away(false)
			s.settle()
			s.check(s.checkCalls, s.checkClaims)
		})
	}
}

func build(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/parley").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// A stage is a database with orders, the program that serves it, and a mail
// server.
type stage struct {
	*testing.T
	program, database, data string
	mail                    *post
	orders                  []order.Order
	token                   string
	told                    map[string]string // order to the last state somebody was told of
	mu                      sync.Mutex
	launches                int
	use                     func(ctx context.Context, address string, person int) // what one of the people does until ctx ends
}

func newStage(t *testing.T, program, database string, reviewers int, fill func(*stage, *app.App, *scene.World)) *stage {
	s := &stage{T: t, program: program, database: database, data: t.TempDir(), mail: newPost(t), told: map[string]string{}}
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{Database: database, Data: s.data, URL: "http://127.0.0.1", From: mail.Address{Email: "no-reply@parley.example"}, Sender: s.mail.sender()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.DB.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	w := scene.New(t, a.DB, reviewers)
	fill(s, a, w)
	w.Do(func(ctx context.Context, tx *db.Tx) error {
		s.token, err = account.Begin(ctx, tx, w.Maria.ID, "authenticator", "test", "", account.Limits{Absolute: 12 * time.Hour})
		return err
	})
	return s
}

// deniedOrders fills a stage with orders that calls can be booked about.
func deniedOrders(s *stage, _ *app.App, w *scene.World) {
	for range 12 {
		s.orders = append(s.orders, w.Denied())
	}
}

// run starts the program, has people use it, and kills it after d.
func (s *stage) run(d time.Duration) {
	s.Helper()
	cmd, address := s.start()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	var people sync.WaitGroup
	for i := range 3 {
		people.Go(func() { s.use(ctx, address, i) })
	}
	<-ctx.Done()
	if err := cmd.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	_ = cmd.Wait() // killed: that is no failure
	people.Wait()
}

func (s *stage) start() (*exec.Cmd, string) {
	s.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		s.Fatal(err)
	}
	var said bytes.Buffer // read only after the process has ended
	cmd := exec.Command(s.program, "serve", "--addr", address, "--admin-addr", "", "--url", "http://"+address, "--database", s.database, "--data", s.data,
		"--mail-host", "127.0.0.1", "--mail-port", strconv.Itoa(s.mail.port), "--mail-tls", "none", "--mail-from", "no-reply@parley.example", "--workers", strconv.Itoa(workers))
	cmd.Stderr = &said
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.data} // none of the tests' own settings
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.launches++
	s.mail.from(s.launches)
	for range 400 {
		res, err := http.Get("http://" + address + "/healthz") //nolint:noctx // a loop of its own bounds it
		if err == nil {
			res.Body.Close()
			return cmd, address
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	s.Fatalf("the program does not start:\n%s", said.String())
	return nil, ""
}

// handleCalls books, moves and cancels as one person, over orders of their own,
// and notes what the program acknowledged.
func (s *stage) handleCalls(ctx context.Context, address string, person int) {
	for i := person; ctx.Err() == nil; i += 3 {
		o := s.orders[i%len(s.orders)]
		p := &client{s: s, ctx: ctx, base: "http://" + address, order: o.Number}
		if err := p.next(); err != nil {
			continue
		}
	}
}

type client struct {
	s     *stage
	ctx   context.Context
	base  string
	order string
}

var errRefused = errors.New("refused")

func (c *client) do(method, path string, form url.Values) (status int, to, body string, err error) {
	req, err := http.NewRequestWithContext(c.ctx, method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: c.s.token})
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header.Get("Location"), string(text), err
}

// next takes the next step for the order: book if there is no call, else move
// or cancel it.
func (c *client) next() error {
	_, to, body, err := c.do("GET", "/orders/"+c.order+"/p2p", nil)
	if err != nil {
		return err
	}
	if to != "" {
		return c.book()
	}
	call := first(body, `/p2p/(\d{10})`)
	if call == "" {
		return errRefused
	}
	if rand.IntN(2) == 0 {
		return c.step("canceled", "/p2p/"+call+"/cancel", url.Values{"reason": {"other"}})
	}
	_, _, page, err := c.do("GET", "/p2p/"+call+"/reschedule", nil)
	if err != nil {
		return err
	}
	return c.step("moved", "/p2p/"+call+"/reschedule", url.Values{"slot": {c.slot(page)}})
}

func (c *client) book() error {
	_, _, page, err := c.do("GET", "/orders/"+c.order+"/p2p/time", nil)
	if err != nil {
		return err
	}
	for path, form := range map[string]url.Values{"/time": {"slot": {c.slot(page)}, "tz": {"America/Chicago"}}} {
		if status, _, _, err := c.do("POST", "/orders/"+c.order+"/p2p"+path, form); err != nil || status != 303 {
			return errors.Join(err, errRefused)
		}
	}
	if status, _, _, err := c.do("POST", "/orders/"+c.order+"/p2p/people", url.Values{"speaker": {"ordering"}, "phone": {"555-555-0131"}}); err != nil || status != 303 {
		return errors.Join(err, errRefused)
	}
	return c.step("booked", "/orders/"+c.order+"/p2p/review", url.Values{})
}

func (c *client) slot(page string) string {
	all := regexp.MustCompile(`id="(s_[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(all) == 0 {
		return ""
	}
	return all[rand.IntN(len(all))][1]
}

// step posts what changes something. What is not acknowledged may have
// happened or not; what is, has.
func (c *client) step(state, path string, form url.Values) error {
	c.s.tell(c.order, "unknown")
	status, _, _, err := c.do("POST", path, form)
	if err != nil {
		return err
	}
	if status == 303 {
		c.s.tell(c.order, state)
	}
	return nil
}

func (s *stage) tell(order, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told[order] = state
}

// settle lets the program finish its mail in peace.
func (s *stage) settle() {
	s.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{Database: s.database, Data: s.data, URL: "http://127.0.0.1", From: mail.Address{Email: "no-reply@parley.example"},
		Sender: s.mail.sender()})
	if err != nil {
		s.Fatal(err)
	}
	defer a.Close()
	s.mail.from(s.launches + 1)
	for range 12 { // past every pause of the queue and the leases of the killed, short of the calls
		a.Clock.Advance(3 * time.Minute)
		if _, err := a.Jobs.Drain(ctx); err != nil {
			s.Fatal(err)
		}
	}
}

// check looks at what is left, and at the mail.
func (s *stage) check(all ...func(context.Context, *db.Tx) error) {
	ctx := context.Background()
	d, err := db.Open(ctx, s.database)
	if err != nil {
		s.Fatal(err)
	}
	defer d.Close()
	err = d.View(ctx, func(tx *db.Tx) error {
		err := s.checkMail(ctx, tx)
		for _, one := range all {
			err = errors.Join(err, one(ctx, tx))
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
}

// checkCalls: each order is as its office was last told.
func (s *stage) checkCalls(ctx context.Context, tx *db.Tx) error {
	known := 0
	for _, o := range s.orders {
		live := 0
		calls, err := peer.Of(ctx, tx, o)
		if err != nil {
			return err
		}
		for _, c := range calls {
			if c.Status.Live() {
				live++
			}
		}
		told := s.told[o.Number]
		if told == "booked" || told == "moved" {
			known++
			if live != 1 {
				s.Errorf("order %s was %s, and has %d live calls", o.Number, told, live)
			}
		}
		if told == "canceled" && live != 0 {
			s.Errorf("order %s was canceled, and has %d live calls", o.Number, live)
		}
		if live > 1 {
			s.Errorf("order %s has %d live calls", o.Number, live)
		}
	}
	s.Logf("%d launches, %d orders with an acknowledged call", s.launches, known)
	return nil
}

// checkClaims: the claims are exactly the five minutes of the live calls.
func (s *stage) checkClaims(ctx context.Context, tx *db.Tx) error {
	for what, query := range map[string]string{
		"claims without their call": `select count(*) from claim where kind = 'call' and not exists (
			select 1 from call where call.id = claim.holder and call.reviewer_id = claim.reviewer_id and call.status in ('requested', 'scheduled', 'confirmed'))`,
		"live calls whose claims are not six": `select count(*) from call where status in ('requested', 'scheduled', 'confirmed')
			and (select count(*) from claim where claim.holder = call.id and claim.reviewer_id = call.reviewer_id) <> 6`,
		"live calls that no order knows":  `select count(*) from call where status = 'scheduled' and not exists (select 1 from call_order where call_id = call.id and active)`,
		"ended calls that an order keeps": `select count(*) from call_order join call on call.id = call_order.call_id where active and call.status in ('cancelled', 'completed')`,
		"calls without an event":          `select count(*) from call where not exists (select 1 from call_event where call_id = call.id)`,
	} {
		n, err := db.Count(ctx, tx, query)
		if err != nil {
			return err
		}
		if n > 0 {
			s.Errorf("%d %s", n, what)
		}
	}
	days, err := db.Count(ctx, tx, `select coalesce(sum(booked), 0) from reviewer_day`)
	if err != nil {
		return err
	}
	live, err := db.Count(ctx, tx, `select count(*) from call where status in ('requested', 'scheduled', 'confirmed')`)
	if days != live {
		s.Errorf("%d calls on reviewers' days, %d live", days, live)
	}
	return err
}

// checkMail: each mail that was queued arrived, and none twice but those that
// were under way at a kill. Whether the server took such a mail nobody can
// know (RFC 1047), so it goes again, under the same
// Message-ID, by which mail programs know it. A worker has one under way.
func (s *stage) checkMail(ctx context.Context, tx *db.Tx) error {
	ids, err := db.All(ctx, tx, db.Value[string], `select id from mail`)
	if err != nil {
		return err
	}
	waiting, err := db.Count(ctx, tx, `select count(*) from mail where state <> 'sent'`)
	if waiting > 0 {
		s.Errorf("%d of %d mails are not sent", waiting, len(ids))
	}
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	again := map[int]int{} // launch to how many of its mails came again in a later one
	for _, id := range ids {
		launches := s.mail.got[id]
		if len(launches) == 0 {
			s.Errorf("mail %s never arrived", id)
		}
		for i := range len(launches) - 1 {
			if launches[i] == launches[i+1] {
				s.Errorf("mail %s was sent twice without a kill between", id)
			}
			again[launches[i]]++
		}
	}
	if len(s.mail.got) > len(ids) {
		s.Errorf("%d mails arrived that nobody queued", len(s.mail.got)-len(ids))
	}
	twice := 0
	for launch, n := range again {
		twice += n
		if n > workers {
			s.Errorf("%d mails of launch %d came again, more than its workers had under way", n, launch)
		}
	}
	s.Logf("%d mails in %d launches, %d of them under way at a kill and sent again", len(ids), s.launches, twice)
	return err
}
