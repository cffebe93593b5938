package db_test

import (
	"testing"

	"parley/internal/infra/db"
)

func TestTuples(t *testing.T) {
	for _, c := range []struct {
		n, width int
		want     string
	}{{1, 1, "($1)"}, {2, 2, "($1,$2),($3,$4)"}, {3, 1, "($1),($2),($3)"}} {
		if got := db.Tuples(c.n, c.width); got != c.want {
			t.Errorf("%d rows of %d: %s", c.n, c.width, got)
		}
	}
	if db.BulkRows(7) != 100 || db.BulkRows(1000) != 1 {
		t.Error("rows in a statement")
	}
}
