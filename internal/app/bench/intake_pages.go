package bench

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// sent is what came back.
type sent struct {
	status int
	to     string
}

func mark(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// send asks for an address and reads the answer to its end.
func (in *intake) send(method, path, token string, body io.Reader, headers map[string]string) (sent, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, in.url+path, body)
	if err != nil {
		return sent{}, err
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	req.AddCookie(&http.Cookie{Name: "parley_session", Value: token})
	res, err := in.client.Do(req)
	if err != nil {
		return sent{}, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	_, err = io.Copy(io.Discard, res.Body)
	return sent{res.StatusCode, res.Header.Get("Location")}, err
}

// A visit is one page that an office asks for or sends.
type visit struct {
	name, method, path string
	form               url.Values
	want               []int
}

// visits are the pages of a request, each as often as it is asked for on the
// way through.
func (in *intake) visits(i int) []visit {
	q := in.drafts[i]
	base := "/requests/" + q.Number
	order := url.Values{"service": {"72148"}, "diagnosis": {q.Order.Diagnoses[0].Code}, "urgency": {"standard"}}
	providers := url.Values{"practitioner": {in.world.doctor.ID}, "contact_name": {contact.Name}, "contact_phone": {contact.Phone}, "contact_email": {contact.Email}, "site": {"open"}}
	see, ok := []int{http.StatusSeeOther}, []int{http.StatusOK}
	return []visit{
		{"new", "GET", "/requests/new", nil, ok},
		{"overview", "GET", base, nil, ok},
		{"patient", "GET", base + "/patient", nil, ok},
		{"confirm", "GET", base + "/patient/confirm", nil, ok},
		{"order", "GET", base + "/order", nil, ok},
		{"order_save", "POST", base + "/order", order, see},
		{"procedures", "GET", base + "/procedures?q=mri", nil, ok},
		{"diagnoses", "GET", "/codes/diagnoses?q=lumbar", nil, ok},
		{"providers", "GET", base + "/providers", nil, ok},
		{"providers_save", "POST", base + "/providers", providers, see},
		{"question", "GET", base + "/clinical/lumbar-mri/red_flags", nil, ok},
		{"keep", "POST", base + "/keep/order", order, []int{http.StatusNoContent}},
		{"files", "GET", base + "/files", nil, ok},
		{"review", "GET", base + "/review", nil, ok},
		{"drafts", "GET", "/drafts", nil, ok},
	}
}

// pages asks for pages by the clock, whether or not the last was answered,
// while files come in.
func (in *intake) pages(context.Context) error {
	end := time.Now().Add(in.For)
	var all sync.WaitGroup
	for i := range intakeUploads {
		all.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				if in.upload((i+n*intakeUploads)%(len(in.drafts)/2), intakeFile, line) != nil {
					return // the request has as many files as it can
				}
			}
		})
	}
	random := fixed()
	start := time.Now()
	for n := 0; time.Now().Before(end); n++ {
		time.Sleep(time.Until(start.Add(time.Duration(n) * time.Second / intakeRate)))
		draft := random.IntN(len(in.drafts))
		some := in.visits(draft)
		v := some[n%len(some)]
		all.Go(func() { in.visit(draft, v) })
	}
	all.Wait()
	return in.report()
}

// toSend are the drafts that are sent; files go to the others.
func (in *intake) toSend() (all []int) {
	for i := range len(in.drafts) / 4 {
		all = append(all, len(in.drafts)-1-i)
	}
	return all
}

func (in *intake) visit(draft int, v visit) {
	headers := map[string]string{}
	var body io.Reader
	if v.form != nil {
		body = strings.NewReader(v.form.Encode())
		headers["Content-Type"] = "application/x-www-form-urlencoded"
	}
	start := time.Now()
	got, err := in.send(v.method, v.path, in.tokens[draft%offices], body, headers)
	took := time.Since(start)
	if err != nil || !slices.Contains(v.want, got.status) {
		in.wrong.Add(1)
		return
	}
	in.mu.Lock()
	in.took[v.name] = append(in.took[v.name], took)
	in.mu.Unlock()
}

func (in *intake) report() error {
	worst, n := 0.0, 0
	for _, v := range in.visits(0) {
		all := in.took[v.name]
		p99 := percentile(all, .99)
		worst, n = max(worst, p99), n+len(all)
		if err := in.print("intake."+v.name+"_p99_ms", p99, "ms", len(all)); err != nil {
			return err
		}
	}
	if err := in.print("intake.uploaded_mb", float64(in.moved.Load())/1e6, "MB", intakeUploads); err != nil {
		return err
	}
	return in.print("intake.worst_p99_ms", worst, "ms", n)
}

// decisions sends requests that meet the criteria, one after the other, each
// the whole way from the form to where its answer stands.
func (in *intake) decisions(context.Context) error {
	var took []time.Duration
	for _, i := range in.toSend() {
		start := time.Now()
		got, err := in.send("POST", "/requests/"+in.drafts[i].Number+"/review", in.tokens[i%offices], strings.NewReader("attested=yes"), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
		if err != nil || !strings.HasSuffix(got.to, "/submitted") {
			in.wrong.Add(1)
			continue
		}
		took = append(took, time.Since(start))
	}
	return in.print("intake.decision_p99_ms", percentile(took, .99), "ms", len(took))
}
