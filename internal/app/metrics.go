package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/internal/infra/db"
	"parley/internal/infra/job"
)

type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "parley_http_request_seconds", Help: "How long answers took, by route.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"route", "method", "status"})}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(pattern, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(pattern, method, strconv.Itoa(status)).Observe(took.Seconds())
}

// adminHandler serves operators: figures, and whether we are up.
func (a *App) adminHandler() http.Handler {
	a.metrics.registry.MustRegister(gauge("parley_queue_ready", "Jobs that are due.", a.queue(func(q job.Queue) float64 { return float64(q.Ready) })),
		gauge("parley_queue_dead", "Jobs that a person must look at.", a.queue(func(q job.Queue) float64 { return float64(q.Dead) })),
		gauge("parley_queue_oldest_seconds", "How long the oldest due job has waited.", a.queue(func(q job.Queue) float64 {
			if q.Oldest.IsZero() {
				return 0
			}
			return a.Clock.Now().Sub(q.Oldest).Seconds()
		})))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", a.ready)
	return mux
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
}

// queue asks the database when the figures are read. If it does not answer,
// the figure is -1: a number that is no count, rather than a false zero.
func (a *App) queue(of func(job.Queue) float64) func() float64 {
	return func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		var q job.Queue
		if err := a.DB.View(ctx, func(tx *db.Tx) (err error) { q, err = job.Look(ctx, tx); return err }); err != nil {
			return -1
		}
		return of(q)
	}
}
