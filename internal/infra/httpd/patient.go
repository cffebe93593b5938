package httpd

import (
	"io"
	"net/http"
	"time"
)

// stalling is how long a body may bring nothing.
const stalling = 60 * time.Second

// Patient is a request's body that is waited for as long as something comes
// of it, and an answer that may be written after that: a large file over a
// slow line takes longer than any page.
func Patient(w http.ResponseWriter, body io.ReadCloser) io.ReadCloser {
	return &patient{ReadCloser: body, wire: http.NewResponseController(w)}
}

type patient struct {
	io.ReadCloser
	wire *http.ResponseController
	next time.Time // when the deadline is worth setting again
}

func (p *patient) Read(b []byte) (int, error) {
	if now := time.Now(); now.After(p.next) {
		// A server that can't set deadlines has none.
		_ = p.wire.SetReadDeadline(now.Add(stalling))
		_ = p.wire.SetWriteDeadline(now.Add(2 * stalling))
		p.next = now.Add(time.Second)
	}
	return p.ReadCloser.Read(b)
}
