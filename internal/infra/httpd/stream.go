package httpd

import (
	"net/http"
	"time"
)

// writing is how long a reader of a stream may take to accept what is sent.
const writing = 20 * time.Second

// A Stream is an answer that goes on: server-sent events (HTML, section 9.2).
type Stream struct {
	w    http.ResponseWriter
	wire *http.ResponseController
}

// Begin answers with a stream, which may go on for longer than any page.
func Begin(w http.ResponseWriter) (*Stream, error) {
	s := &Stream{w, http.NewResponseController(w)}
	// Nothing more is read; the server's own deadline would end the stream.
	if err := s.wire.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	h := w.Header()
	h.Set("Content-Type", streamType)
	h.Set("No-Gzip-Compression", "1") // gzhttp: a compressor would hold back what is small, and costs memory for each reader
	h.Set("X-Accel-Buffering", "no")  // and so would proxies that know this header
	return s, nil
}

const streamType = "text/event-stream"

// Send sends text, which is one or more whole events, now.
func (s *Stream) Send(text string) error {
	if err := s.wire.SetWriteDeadline(time.Now().Add(writing)); err != nil {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.wire.Flush()
}
