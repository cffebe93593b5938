package httpd

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A body that comes slowly outlives the server's own deadlines; another is
// cut off.
func TestPatient(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := r.Body
		if r.URL.Path == "/patient" {
			body = Patient(w, body)
		}
		n, err := io.Copy(io.Discard, body)
		if err != nil || n != 20 {
			http.Error(w, "cut off", http.StatusBadRequest)
		}
	}))
	s.Config.ReadTimeout, s.Config.WriteTimeout = 200*time.Millisecond, 200*time.Millisecond
	s.Start()
	defer s.Close()
	for path, want := range map[string]bool{"/patient": true, "/": false} {
		res, err := http.Post(s.URL+path, "text/plain", &slow{Reader: strings.NewReader(strings.Repeat("x", 20))})
		if err == nil {
			_ = res.Body.Close()
		}
		if got := err == nil && res.StatusCode == http.StatusOK; got != want {
			t.Errorf("%s: %v, %v", path, got, err)
		}
	}
}

// slow gives two bytes at a time.
type slow struct{ io.Reader }

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(50 * time.Millisecond)
	return s.Reader.Read(p[:min(2, len(p))])
}
