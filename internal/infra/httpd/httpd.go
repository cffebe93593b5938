// Package httpd is what every answer has in common before any page is
// thought of: headers that keep a browser from being turned against its
// reader, a line in the log, limits, and an orderly end.
package httpd

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzhttp"

	"parley/internal/fault"
)

// csp allows what this program serves and nothing else: no inline script or
// style, no frame around it, no form that posts elsewhere.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"

// Headers sets what a browser must know of every answer. https says that
// readers reach us by HTTPS, and so may be told never to come otherwise.
func Headers(next http.Handler, https bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cache-Control", "no-store")
		if https {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// Compress answers with gzip where it helps. Random padding keeps the length
// from telling a secret that stands beside a reader's own words (BREACH).
func Compress(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.RandomJitter(32, 0, false))
	if err != nil {
		return nil, err
	}
	return wrap(next), nil
}

// An Observer is told of each answer: its route's pattern, never its path.
type Observer func(pattern, method string, status int, took time.Duration)

// Log writes a line for each request, turns a panic into a 500, and gives the
// request an id. The line has the route's pattern, not the path or the query,
// which may hold what someone typed.
func Log(next http.Handler, log *slog.Logger, observe Observer, withID func(context.Context, string) context.Context) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := uuid.NewString()
		start := time.Now()
		rec := &recorder{ResponseWriter: w}
		r = r.WithContext(withID(r.Context(), id))
		w.Header().Set("X-Request-Id", id)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // the documented sentinel of net/http
					panic(p)
				}
				log.Error("panic", "request", id, "pattern", r.Pattern, "panic", p, "stack", string(debug.Stack()))
				if rec.status == 0 {
					http.Error(rec, "Something went wrong on our side. Reference: "+id, http.StatusInternalServerError)
				}
			}
			took := time.Since(start)
			log.Info("request", "request", id, "method", r.Method, "pattern", r.Pattern, "status", rec.Status(), "ms", took.Milliseconds())
			if rec.Header().Get("Content-Type") != streamType { // how long somebody looked is no answer's time
				observe(r.Pattern, r.Method, rec.Status(), took)
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Status is what was answered; a handler that wrote nothing answered 200.
func (r *recorder) Status() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush is for what wraps a recorder and asks it by type, as gzhttp does.
func (r *recorder) Flush() {
	_ = http.NewResponseController(r.ResponseWriter).Flush() // the next write says what is wrong
}

// Serve answers on l until ctx is done, then lets running requests finish.
// ending, if not nil, is called then to end those that would go on.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger, ending func()) error {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	if ending != nil {
		s.RegisterOnShutdown(ending)
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		// The requests' context outlives ctx: what was begun is finished.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		done <- s.Shutdown(end)
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

// Status is the HTTP status for each kind of fault.
var Status = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError,
	fault.NotFound: http.StatusNotFound,
	fault.Denied:   http.StatusForbidden,
	fault.Invalid:  http.StatusUnprocessableEntity,
	fault.Conflict: http.StatusConflict,
	fault.TooMany:  http.StatusTooManyRequests,
	fault.Paused:   http.StatusServiceUnavailable,
	fault.Closed:   http.StatusForbidden,
}

// Address is where a request came from, without the port. forwarded says that
// a proxy of our own stands in front and names it.
func Address(r *http.Request, forwarded bool) string {
	if forwarded {
		if all := strings.Split(r.Header.Get("X-Forwarded-For"), ","); all[len(all)-1] != "" {
			return strings.TrimSpace(all[len(all)-1])
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
