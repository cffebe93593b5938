package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/provider"
	"parley/internal/infra/feed"
)

// Imports measures how many lines of a roster (imports.members_per_second) and
// of the directory of providers (imports.providers_per_second) are taken in a
// second, Rows of each, and how much of the program's memory was in use at most
// meanwhile (imports.heap_mb).
func (r *Run) Imports(ctx context.Context, take func(ctx context.Context, kind, path string) (feed.Tally, error)) error {
	if r.Rows == 0 {
		r.Rows = 200_000
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // temporary
	most := watchHeap()
	for _, one := range []struct {
		figure, kind string
		line         func(i int) string
	}{{"imports.members_per_second", "members", r.memberLine}, {"imports.providers_per_second", "nppes", providerLine}} {
		path := filepath.Join(dir, one.kind+".csv")
		if err := write(path, r.Rows, one.line); err != nil {
			return err
		}
		start := time.Now()
		tally, err := take(ctx, one.kind, path)
		if err != nil {
			return err
		}
		if tally.Imported != r.Rows {
			return fmt.Errorf("%s: %+v of %d lines", one.kind, tally, r.Rows)
		}
		if err := r.print(one.figure, float64(r.Rows)/time.Since(start).Seconds(), "lines/s", r.Rows); err != nil {
			return err
		}
	}
	return r.print("imports.heap_mb", float64(most())/1e6, "MB", 1)
}

// write makes a file of a header, which is line 0, and n lines.
func write(path string, n int, line func(i int) string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for i := range n + 1 {
		if _, err := w.WriteString(line(i) + "\n"); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func (r *Run) memberLine(i int) string {
	if i == 0 {
		return "member_id,dependent,last_name,first_name,birth_date,sex,address,city,state,zip,phone,plan_code,line,coverage_start,coverage_end"
	}
	return fmt.Sprintf("BNM%09d,00,%s,%s,%04d-%02d-%02d,F,%d Sample Street,Austin,TX,78701,5125550100,%s,commercial,2026-01-01,", i,
		lastNames[i%len(lastNames)], firstNames[i%len(firstNames)], 1930+i%90, 1+i%12, 1+i%28, i, r.world.plan.Code)
}

// directoryColumns are as many as the published file has; those that are read
// first.
var directoryColumns = func() []string {
	all := slices.Clone(provider.ListingColumns)
	for len(all) < 330 {
		all = append(all, "Column "+strconv.Itoa(len(all)))
	}
	return all
}()

func providerLine(i int) string {
	if i == 0 {
		return `"` + strings.Join(directoryColumns, `","`) + `"`
	}
	values := make([]string, len(directoryColumns))
	copy(values, []string{npi(i), "1", "", lastNames[i%len(lastNames)], firstNames[i%len(firstNames)], "MD", strconv.Itoa(i) + " Sample Street", "", "Austin", "TX", "787010000", "US", "5125550100", "5125550101",
		"07/08/2020", "", "", "207X00000X", strconv.Itoa(10000 + i), "TX", "Y"})
	return `"` + strings.Join(values, `","`) + `"`
}

// npi is the nth number that checks, of those that begin with 19.
func npi(n int) string {
	nine := strconv.Itoa(190_000_000 + n)
	for digit := range 10 {
		if s := nine + strconv.Itoa(digit); provider.ValidNPI(s) {
			return s
		}
	}
	return ""
}

// watchHeap notes how much memory is in use until the function that it returns
// is called, which says how much it was at most, in bytes.
func watchHeap() (most func() uint64) {
	done, result := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		for ticker := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-ticker.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			case <-done:
				ticker.Stop()
				result <- peak
				return
			}
		}
	}()
	return func() uint64 { close(done); return <-result }
}
