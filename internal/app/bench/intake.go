package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/code"
	"parley/internal/domain/guideline"
	"parley/internal/domain/member"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/domain/request"
	"parley/internal/infra/db"
)

// Sizes of what intake is measured with.
const (
	intakeRate    = 100     // pages a second
	intakeUploads = 10      // files on their way meanwhile
	intakeCodes   = 75_000  // diagnoses: ICD-10-CM has 74,719 that may stand on a request
	intakeFile    = 8 << 20 // bytes of a file
	line          = 2 << 20 // bytes a second of an office's line
)

// An intake is what its bench works on.
type intake struct {
	*Run
	url    string
	tokens []string          // a session of each office
	drafts []request.Request // of each office in turn, complete but for being sent
	day    civil.Date
	client *http.Client

	mu    sync.Mutex
	took  map[string][]time.Duration // by page
	wrong atomic.Int64               // answers that were not what they should be
	moved atomic.Int64               // bytes uploaded
}

// Intake measures what an office asks of the program while it fills requests
// in, through HTTP on this machine: each page at 100 requests a second beside
// 10 uploads (intake.PAGE_p99_ms and, the worst of them, intake.worst_p99_ms),
// the search for a diagnosis among as many as there are (intake.codes_p99_ms),
// a decision as a request is sent (intake.decision_p99_ms), 25 uploads at once
// (intake.uploads_failed) and by how much the program grows while 100 MB come
// in (intake.upload_memory_mb).
func (r *Run) Intake(ctx context.Context) error {
	if r.Rows == 0 {
		r.Rows = 4 * offices // drafts
	}
	in := &intake{Run: r, took: map[string][]time.Duration{}, day: civil.DateIn(r.DB.Now(), time.UTC).AddDays(7),
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 200}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if err := in.fill(ctx); err != nil {
		return err
	}
	server := httptest.NewServer(r.Handler)
	defer server.Close()
	in.url = server.URL
	for _, measure := range []func(context.Context) error{in.codes, in.pages, in.decisions, in.large, in.many} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return r.print("intake.wrong_answers", float64(in.wrong.Load()), "answers", 1)
}

// fill makes the offices' patients, lists, questions, sessions and drafts.
func (in *intake) fill(ctx context.Context) error {
	if err := in.prepare(ctx); err != nil {
		return err
	}
	if err := in.lists(ctx); err != nil {
		return err
	}
	for i := range in.Rows {
		if err := in.do(ctx, func(tx *db.Tx) error { return in.draft(ctx, tx, i) }); err != nil {
			return fmt.Errorf("draft %d: %w", i, err)
		}
	}
	if err := in.DB.Weigh(ctx); err != nil {
		return err
	}
	return in.do(ctx, func(tx *db.Tx) error {
		for _, a := range in.world.staff {
			token, err := account.Begin(ctx, tx, a.ID, "authenticator", "bench", "127.0.0.1", account.Limits{Idle: time.Hour, Absolute: 10 * time.Hour})
			if err != nil {
				return err
			}
			in.tokens = append(in.tokens, token)
		}
		return nil
	})
}

func (in *intake) lists(ctx context.Context) error {
	by := account.Program()
	err := in.do(ctx, func(tx *db.Tx) error {
		long := civil.Date{Year: 2020, Month: time.January, Day: 1}
		for _, p := range []plan.Procedure{{Code: "72148", Wording: "MRI, lower back", Also: "lumbar spine"}, {Code: "29881", Wording: "Knee arthroscopy", Sides: true}} {
			p.ProgramID, p.System, p.From, p.Needed = in.world.program.ID, code.CPT, long, true
			if err := plan.SaveProcedure(ctx, tx, by, p); err != nil {
				return err
			}
		}
		text, err := lumbar(in.world.program.Code)
		if err != nil {
			return err
		}
		if _, _, err := guideline.Publish(ctx, tx, by, text); err != nil {
			return err
		}
		for i := range offices { // who orders in each office, and where it is done
			if _, err := provider.SavePractitioner(ctx, tx, by, in.world.doctor, in.world.location[i].ID); err != nil {
				return err
			}
			site, err := account.SaveOrganization(ctx, tx, by, account.Organization{Kind: "site", Name: fmt.Sprintf("Bench imaging %d", i)})
			if err != nil {
				return err
			}
			if _, err := provider.SaveLocation(ctx, tx, by, provider.Location{OrganizationID: site.ID, Name: "Main", City: "Exampleville", State: "TX", ZIP: "00001"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	random := fixed()
	for from := 0; from < intakeCodes; from += 5000 {
		if err := in.do(ctx, func(tx *db.Tx) error { _, err := code.Save(ctx, tx, by, diagnoses(random, from, 5000)); return err }); err != nil {
			return err
		}
	}
	return nil
}

// lumbar is the guideline for an MRI of the lower back that comes with Parley,
// set for a program, but that no file must be enclosed.
func lumbar(program string) ([]byte, error) {
	all, err := guideline.Library()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(v *guideline.Version) bool { return v.ID == "lumbar-mri" })
	if i < 0 {
		return nil, errors.New("the guideline for an MRI of the lower back is missing")
	}
	return []byte(strings.NewReplacer(`"need": "required"`, `"need": "helpful"`, `["msk", "radiology"]`, `["`+program+`"]`).Replace(string(all[i].Text()))), nil
}

// diagnoses are made up, as long and as alike as the real ones are.
func diagnoses(random *rand.Rand, from, n int) (all []code.Code) {
	words := []string{"fracture", "displaced", "lumbar", "region", "initial", "encounter", "closed", "open", "left", "right", "unspecified", "pain", "low", "back", "knee", "sequela", "subsequent", "delayed", "healing", "femur", "malunion", "radiculopathy"}
	for i := from; i < from+n; i++ {
		var text []string
		for range 3 + random.IntN(8) {
			text = append(text, words[random.IntN(len(words))])
		}
		long := strings.Join(text, " ") + " " + strconv.Itoa(i)
		all = append(all, code.Code{System: code.ICD10CM, Code: fmt.Sprintf("%c%05d", 'A'+i%26, i), Billable: true, Short: long, Long: long, Edition: "2026"})
	}
	return all
}

// draft is one of a patient of its own, with everything said that meets the
// criteria.
func (in *intake) draft(ctx context.Context, tx *db.Tx, i int) error {
	by := in.world.staff[i%offices]
	m, err := member.Save(ctx, tx, account.Program(), member.Member{First: "Bench", Last: "Patient", Born: civil.Date{Year: 1950 + i%50, Month: time.Month(1 + i%12), Day: 1 + i%28}, Sex: "female", City: "Exampleville"})
	if err != nil {
		return err
	}
	number := fmt.Sprintf("BEN%09d", i)
	if _, err = member.Cover(ctx, tx, account.Program(), member.Coverage{MemberID: m.ID, PlanID: in.world.plan.ID, Line: "commercial", Number: number, From: civil.Date{Year: 2020, Month: 1, Day: 1}}); err != nil {
		return err
	}
	r, err := request.Begin(ctx, tx, by)
	if err != nil {
		return err
	}
	if r, err = request.Save(ctx, tx, by, r, request.PatientPart, r.Version, func(c *request.Content) {
		c.Patient.Typed = request.Typed{Number: number, Born: m.Born, Service: in.day}
	}); err != nil {
		return err
	}
	if r, err = request.ChoosePatient(ctx, tx, by, r, r.Version, m.ID, ""); err != nil {
		return err
	}
	if r, err = request.SaveOrder(ctx, tx, by, r, r.Version, request.Asked{Services: []request.AskedService{{Code: "72148"}}, Diagnoses: []string{fmt.Sprintf("%c%05d", 'A'+i%26, i)}, Urgency: "standard"}); err != nil {
		return err
	}
	if r, err = request.SaveProviders(ctx, tx, by, r, r.Version, request.Named{Practitioner: in.world.doctor.ID, Location: in.world.location[i%offices].ID, Site: "open", Contact: contact}); err != nil {
		return err
	}
	seen := 1
	for again := true; again; {
		out, err := request.SaveAnswers(ctx, tx, by, r, "lumbar-mri", "", url.Values{"q.red_flags": {"cauda"}, "q.earlier_mri": {"no"}}, seen)
		if err != nil {
			return err
		}
		r, seen, again = out.Request, out.Questions.Response.Version, out.Again
	}
	r, err = request.Save(ctx, tx, by, r, request.FilesPart, r.Version, func(*request.Content) {}) // they were asked for
	in.drafts = append(in.drafts, r)
	return err
}

var contact = order.Contact{Name: "Bench Staff", Phone: "555-555-0147", Email: "staff@bench.example"}

// codes measures the search for a diagnosis, once the list is remembered.
func (in *intake) codes(ctx context.Context) error {
	texts := []string{"lumbar", "low back pain", "m54", "fracture femur left", "rad", "knee pain right", "A0001", "subsequent encounter delayed"}
	var took []time.Duration
	for i := range 400 {
		start := time.Now()
		err := in.DB.View(ctx, func(tx *db.Tx) error {
			_, _, err := code.Search(ctx, tx, code.ICD10CM, texts[i%len(texts)], 10)
			return err
		})
		if err != nil {
			return err
		}
		if i > 0 { // the first reads the list
			took = append(took, time.Since(start))
		}
	}
	if err := in.print("intake.codes_p50_ms", percentile(took, .5), "ms", len(took)); err != nil {
		return err
	}
	return in.print("intake.codes_p99_ms", percentile(took, .99), "ms", len(took))
}

// large measures how much the program grows while a file of 100 MB comes in.
func (in *intake) large(context.Context) error {
	done := make(chan struct{})
	var watch sync.WaitGroup
	before, most := resident(), 0
	watch.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
				most = max(most, resident())
			}
		}
	})
	failed := in.upload(0, 100_000_000, 0)
	close(done)
	watch.Wait()
	if failed != nil {
		return failed
	}
	return in.print("intake.upload_memory_mb", float64(max(0, most-before))/1e6, "MB", 1)
}

// many sends 25 files at once and counts those that didn't arrive.
func (in *intake) many(context.Context) error {
	var all sync.WaitGroup
	var failed atomic.Int64
	for i := range 25 {
		all.Go(func() {
			if in.upload(i, intakeFile, 0) != nil {
				failed.Add(1)
			}
		})
	}
	all.Wait()
	return in.print("intake.uploads_failed", float64(failed.Load()), "uploads", 25)
}

// resident is how many bytes of memory the program has, 0 where that can't be
// told.
func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		pages, _ := strconv.Atoi(fields[1])
		return pages * os.Getpagesize()
	}
	return 0
}

// upload sends a file of n bytes with a draft, in pieces of 4 MB as the browser
// does, at so many bytes a second; 0 is as fast as they go.
func (in *intake) upload(draft, n, rate int) error {
	q, token := in.drafts[draft], in.tokens[draft%offices]
	base := "/requests/" + q.Number + "/uploads"
	res, err := in.send("POST", base, token, nil, map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": strconv.Itoa(n),
		"Upload-Metadata": "filename bm90ZS5wZGY=,mark " + mark(db.NewID("m"))})
	if err != nil || res.status != http.StatusCreated {
		return fmt.Errorf("beginning an upload: %d, %v", res.status, err)
	}
	for at := 0; at < n; {
		piece := min(4<<20, n-at)
		got, err := in.send("PATCH", res.to, token, &noise{left: piece, rate: rate}, map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": strconv.Itoa(at), "Content-Type": "application/offset+octet-stream"})
		if err != nil || got.status != http.StatusNoContent {
			return fmt.Errorf("a piece at %d: %d, %v", at, got.status, err)
		}
		at += piece
		in.moved.Add(int64(piece))
	}
	return nil
}

// noise is a file of so many bytes that comes at a rate.
type noise struct{ left, rate int }

func (f *noise) Read(p []byte) (int, error) {
	n := min(len(p), f.left)
	if n == 0 {
		return 0, io.EOF
	}
	if f.rate > 0 {
		time.Sleep(time.Duration(n) * time.Second / time.Duration(f.rate))
	}
	for i := range n {
		p[i] = byte(i * 31)
	}
	f.left -= n
	return n, nil
}
