// Package office is how systems of offices book peer-to-peer calls: by
// Schedule, Slot and Appointment of HL7 FHIR R4, with $hold and $book as
// Argonaut Scheduling named them. It asks the same verbs as the pages.
package office

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/httpd"
)

// API answers systems of offices: which times there are for a call, booking,
// reading and canceling one, and what reviewers ask for. docs/fhir.md says what it takes.
type API struct {
	DB      *db.DB
	Log     *slog.Logger
	URL     func() string // where systems reach us, without a slash at its end
	Name    string
	Version string
}

// Patterns are the patterns that Handler is to be registered with.
var Patterns = []string{"GET /fhir/", "POST /fhir/"}

const (
	mediaType   = "application/fhir+json"
	longestBody = 64 << 10
	oncePerKey  = "Idempotency-Key"
)

// A request is one of a system that is known, in its transaction.
type request struct {
	*http.Request
	tx   *db.Tx
	by   account.Actor
	in   parameters
	hash string // of what was sent
	base string // of addresses, with /fhir
}

// An answer is a resource with its status.
type answer struct {
	status   int
	resource any
}

// Handler answers everything under /fhir/.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, page := range map[string]func(context.Context, *request) (answer, error){
		"GET /fhir/Schedule":                      findSchedules,
		"GET /fhir/Schedule/{order}":              readSchedule,
		"GET /fhir/Slot":                          findSlots,
		"GET /fhir/Slot/{slot}":                   readSlot,
		"GET /fhir/Appointment":                   findAppointments,
		"GET /fhir/Appointment/{call}":            readAppointment,
		"GET /fhir/Task":                          findTasks,
		"GET /fhir/Task/{thread}":                 readTask,
		"GET /fhir/CommunicationRequest/{thread}": readCommunicationRequest,
		"GET /fhir/Communication":                 findCommunications,
		"GET /fhir/Communication/{entry}":         readCommunication,
		"POST /fhir/Appointment/$hold":            hold,
		"POST /fhir/Appointment/$book":            book,
		"POST /fhir/Appointment/{call}/$cancel":   cancel,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { a.answer(w, r, page) })
	}
	mux.HandleFunc("GET /fhir/metadata", func(w http.ResponseWriter, _ *http.Request) { a.send(w, http.StatusOK, a.capabilities()) })
	mux.HandleFunc("/fhir/", func(w http.ResponseWriter, _ *http.Request) {
		a.send(w, http.StatusNotFound, outcome("not-supported", "There is nothing at this address. See metadata."))
	})
	return mux
}

// answer runs a page in its transaction and sends what it returned.
func (a *API) answer(w http.ResponseWriter, r *http.Request, page func(context.Context, *request) (answer, error)) {
	in, hash, problem := readParameters(w, r)
	if problem != nil {
		a.send(w, problem.status, problem.resource)
		return
	}
	var ans answer
	within := a.DB.Update
	if r.Method != http.MethodPost {
		within = a.DB.View
	}
	var key account.Key
	var now time.Time
	err := within(r.Context(), func(tx *db.Tx) error {
		by, k, err := account.ByKey(r.Context(), tx, bearer(r))
		if err != nil {
			return err
		}
		if key, now = k, tx.Now(); key.ID == "" {
			ans = answer{http.StatusUnauthorized, outcome("login", "Send a key that holds, as Authorization: Bearer.")}
			return nil
		}
		ans, err = page(r.Context(), &request{Request: r, tx: tx, by: by, in: in, hash: hash, base: a.URL() + "/fhir"})
		return err
	})
	if err != nil {
		ans = a.failed(r, ans, err)
	} else if key.ID != "" && key.Unnoted(now) {
		a.noteUse(r.Context(), key)
	}
	if ans.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="parley"`)
	}
	a.send(w, ans.status, ans.resource)
}

// noteUse keeps when a key was used last. Who asked has their answer without it.
func (a *API) noteUse(ctx context.Context, key account.Key) {
	if err := a.DB.Update(ctx, func(tx *db.Tx) error { return account.KeyWasUsed(ctx, tx, key) }); err != nil {
		a.Log.ErrorContext(ctx, "the use of a key isn't noted", "key", key.ID, "error", err)
	}
}

// bearer is the key that a request carries, or "" (RFC 6750, 2.1).
func bearer(r *http.Request) string {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

// issueCodes are those of the value set issue-type for each kind of fault.
var issueCodes = map[fault.Kind]string{
	fault.Internal: "exception", fault.NotFound: "not-found", fault.Denied: "forbidden", fault.Invalid: "invalid", fault.Conflict: "conflict", fault.TooMany: "throttled", fault.Paused: "transient", fault.Closed: "business-rule",
}

// failed is the answer to a fault, in the words that the pages have. Where the
// page gave an outcome of its own, it says more; any other resource is half a
// one, and dropped.
func (a *API) failed(r *http.Request, given answer, err error) answer {
	f := fault.Of(err)
	status := httpd.Status[f.Kind]
	if f.Kind == fault.Internal {
		a.Log.Error("fhir", "request", audit.RequestID(r.Context()), "pattern", r.Pattern, "err", err)
		if db.Contended(err) || errors.Is(err, context.DeadlineExceeded) {
			status = http.StatusServiceUnavailable
		}
		return answer{status, outcome("exception", "Something went wrong on our side. Reference: "+audit.RequestID(r.Context()))}
	}
	if more, ok := given.resource.(Outcome); ok {
		return answer{status, more}
	}
	o := outcome(issueCodes[f.Kind], f.Text.String())
	if len(f.Fields) > 0 {
		o.Issue = nil
		for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
			o.Issue = append(o.Issue, Issue{Severity: "error", Code: "invalid", Details: &Concept{Text: f.Fields[name].String()}, Expression: []string{expression(name)}})
		}
	}
	return answer{status, o}
}

// expression is the FHIRPath of the parameter behind a field of a form.
func expression(field string) string {
	for name, of := range fields {
		if of == field {
			field = name
		}
	}
	return "Parameters.parameter.where(name='" + field + "')"
}

func (a *API) send(w http.ResponseWriter, status int, resource any) {
	body, err := json.Marshal(resource)
	if err != nil {
		a.Log.Error("fhir", "err", err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a system that left is no fault of ours
}

// parameters are what an operation is called with, by name.
type parameters map[string]string

// readParameters reads the Parameters resource that a POST carries. A name
// given twice or unknown is refused: a typing error must not pass unseen.
func readParameters(w http.ResponseWriter, r *http.Request) (in parameters, hash string, problem *answer) {
	if r.Method != http.MethodPost {
		return nil, "", nil
	}
	refuse := func(status int, code, text string) (parameters, string, *answer) {
		return nil, "", &answer{status, outcome(code, text)}
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != mediaType && kind != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "not-supported", "Send JSON, as "+mediaType+".")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
	if err != nil {
		return refuse(http.StatusRequestEntityTooLarge, "too-long", "Send no more than 64 KB.")
	}
	var sent struct {
		ResourceType string
		Parameter    []struct {
			Name           string
			ValueString    string
			ValueCode      string
			ValueReference struct{ Reference string }
		}
	}
	if err := json.Unmarshal(body, &sent); err != nil || sent.ResourceType != "Parameters" {
		return refuse(http.StatusBadRequest, "structure", "Send a Parameters resource.")
	}
	in = parameters{}
	for _, p := range sent.Parameter {
		_, twice := in[p.Name]
		if _, known := fields[p.Name]; !known || twice {
			return refuse(http.StatusBadRequest, "invalid", "There is no parameter "+p.Name+", or it stands there twice.")
		}
		in[p.Name] = strings.TrimSpace(clean(p.ValueString + p.ValueCode + p.ValueReference.Reference))
	}
	return in, hashOf(r.URL.Path, in), nil
}

// clean takes out what PostgreSQL refuses in text.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}
