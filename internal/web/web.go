// Package web turns HTTP requests into answers. The pages themselves are in
// its subpackages, one for each kind of reader.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/wording"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/openid"
	"parley/internal/infra/secret"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// A Page answers a request. It returns what to send and never sends it, so
// nothing is on the wire until the transaction has committed. It may run more
// than once for one request, when the database asks for that.
type Page func(context.Context, *Request) (Answer, error)

// A Request is an HTTP request with all a page needs to answer it.
type Request struct {
	*http.Request
	By       account.Actor
	Visit    account.Visit
	Tx       *db.Tx     // read-only for GET; commits when the page returns no error
	Form     url.Values // what was posted, without the program's own hidden fields
	Address  string     // where it came from, for the list of sessions and the throttle
	Settings *Settings
	Carry    any // of a Slow page: what one step leaves for the next
	posted   *posted
	board    *bulletin // where posted is from
	speech   *wording.Speech
	Unread   int    // messages that the reader has not read, for the navigation
	token    string // what the session cookie holds
}

// Value is a posted field's text, or "".
func (r *Request) Value(name string) string { return r.Form.Get(name) }

// Query is a field of the address's query, or "".
func (r *Request) Query(name string) string { return r.URL.Query().Get(name) }

// An Answer is a page to show, a place to go next, or a file.
type Answer struct {
	Title    words.Text // of the page; never a member's name
	Body     templ.Component
	Status   int // 0 means 200
	Errors   []ui.FieldError
	Crumbs   []ui.Link
	Wide     bool
	Search   string // what stands in the header's search box
	Help     ui.HelpLine
	Bare     bool // no navigation: the pages before and outside sign-in
	SeeOther string
	Cookies  []*http.Cookie
	File     *File
	Headers  map[string]string // besides those that every answer has
	// Keep has the transaction commit although the page shows a fault, because
	// the attempt itself is remembered (a wrong password).
	Keep bool
}

// A File is sent instead of a page.
type File struct {
	Name, Type string
	Inline     bool // shown rather than saved; only for types that can't act
	Body       []byte
	Stream     func(io.Writer) error // instead of Body; runs after the transaction
}

// Settings are what an operator decides that pages depend on.
type Settings struct {
	Name        string // of the service where none is set (package wording)
	URL         *url.URL
	Limits      account.Limits
	Warn        time.Duration // how long before a session locks its owner is asked
	DeviceDays  int           // how long "don't ask on this device" holds
	Demo        bool
	Forwarded   bool // a proxy of ours names the reader's address
	Support     ui.HelpLine
	Maintenance ui.SiteAlert // on the sign-in page and above every page; empty for none
	Version     string
	Box         *secret.Box
	Identity    *openid.Client // asks organizations' own sign-ins who somebody is
	// LookUpTXT asks the DNS for the TXT records of a name.
	LookUpTXT    func(ctx context.Context, name string) ([]string, error)
	MailFrom     string
	Faxes        bool // notices can go by fax
	PhoneDefault string
}

// HTTPS reports whether readers reach the program by HTTPS.
func (s *Settings) HTTPS() bool { return s.URL != nil && s.URL.Scheme == "https" }

// Relying is the service as passkeys know it; nil where its address can have none.
func (s *Settings) Relying() *account.Relying { return account.NewRelying(s.Name, s.URL) }

// A Guard says who may ask for a route at all. The verbs and the rows check
// again, so a route with too wide a guard shows nothing it should not.
type Guard struct {
	Name  string
	allow func(account.Visit) bool
}

// Guards, from the street inwards.
var (
	Public         = Guard{"public", func(account.Visit) bool { return true }}
	Doorstep       = Guard{"password given", func(v account.Visit) bool { return v.State == account.Half || v.State == account.Open }}
	Renewing       = Guard{"new password due", func(v account.Visit) bool { return v.State == account.Expired || v.State == account.Open }}
	Lobby          = Guard{"locked", func(v account.Visit) bool { return v.State != account.Outside }}
	SignedIn       = Guard{"signed in", func(v account.Visit) bool { return v.State == account.Open }}
	Readers        = Guard{"reads orders", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.ReadOrders) }}
	Callers        = Guard{"books calls", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.BookCalls) }}
	Correspondents = Guard{"reads and writes messages", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.Correspond) }}
	Senders        = Guard{"sends requests", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.SendRequests) }}
	Helpers        = Guard{"takes requests for offices", func(v account.Visit) bool {
		return v.State == account.Open && (v.By.Can(account.ActOnBehalf) || v.By.Assists != nil)
	}}
	Faxes    = Guard{"puts faxes on orders", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.HandleFaxes) }}
	Privacy  = Guard{"handles privacy incidents", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.HandlePrivacy) }}
	Staff    = Guard{"staff", func(v account.Visit) bool { return v.State == account.Open && v.By.IsStaff() }}
	Managers = Guard{"manages an organization", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.ManageOffice) }}
	Letters  = Guard{"handles letters", func(v account.Visit) bool { return v.State == account.Open && v.By.Can(account.HandleLetters) }}
	Planners = Guard{"plans calls", func(v account.Visit) bool {
		return v.State == account.Open && (v.By.Can(account.ConfirmCalls) || v.By.Can(account.ManageProgram) || v.By.Can(account.HoldCalls))
	}}
	Auditors = Guard{"looks back at decisions", func(v account.Visit) bool {
		return v.State == account.Open && v.By.Can(account.ReadOrders) && (v.By.Can(account.Supervise) || v.By.Can(account.ReadAudit))
	}}
	Portal = Guard{"portal", side(account.Portal)}
	Review = Guard{"review", side(account.Review)}
	Manage = Guard{"admin", side(account.Manage)}
)

func side(s account.Side) func(account.Visit) bool {
	return func(v account.Visit) bool { return v.State == account.Open && v.By.On(s) }
}

// A Route is one registered address with who may ask for it.
type Route struct {
	Pattern string
	Guard   Guard
}

// A Server is what the subpackages register their pages with.
type Server struct {
	DB       *db.DB
	Log      *slog.Logger
	Settings *Settings
	Ran      func(pattern string, statements int) // if set, is told what each page asked of the database
	routes   []Route
	mux      http.ServeMux
	hub      hub
	bulletin bulletin
	speech   speech
}

// Routes lists what is registered, for the test that tries every door.
func (s *Server) Routes() []Route { return s.routes }

// Handle serves pattern, such as "GET /orders/{order}", with page. Each
// request is one transaction.
func (s *Server) Handle(pattern string, g Guard, page Page) {
	s.routes = append(s.routes, Route{pattern, g})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, g, page) })
}

// Raw serves pattern with a handler that is no page: static files, health.
func (s *Server) Raw(pattern string, h http.Handler) {
	s.routes = append(s.routes, Route{pattern, Public})
	s.mux.Handle(pattern, h)
}

// Handler is all pages behind the protection against forged posts: a browser
// that says it posts from elsewhere is refused; a script that says nothing is
// let through, since it carries no one's cookies unknowingly.
func (s *Server) Handler() http.Handler {
	s.DB.Hear(s.bulletin.hear)
	s.DB.Hear(s.speech.hear)
	s.mux.HandleFunc("/", s.missing)
	return http.NewCrossOriginProtection().Handler(&s.mux)
}

func (s *Server) missing(w http.ResponseWriter, r *http.Request) {
	s.answer(w, r, Public, func(context.Context, *Request) (Answer, error) {
		return Answer{}, fault.New(fault.NotFound, "We can't find that page. Check the address, or search for an order.")
	})
}
