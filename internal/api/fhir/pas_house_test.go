package fhir

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/code"
	"parley/internal/domain/order"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
)

var (
	ctx = context.Background()
	by  = account.Program()
)

func fixture(t testing.TB, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func take(t testing.TB, d *db.DB, files blob.Store, body []byte) Result {
	t.Helper()
	res, err := ImportPAS(ctx, d, files, by, "test.json", body)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func view(t testing.TB, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.View(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, d *db.DB, id order.ID) (o order.Order, gaps []order.Gap) {
	t.Helper()
	view(t, d, func(tx *db.Tx) (err error) {
		if o, err = order.OfEvent(ctx, tx, id); err == nil {
			gaps, err = order.Gaps(ctx, tx, id)
		}
		return err
	})
	return o, gaps
}

func dir(t testing.TB) blob.Dir { return blob.Dir{Path: filepath.Join(t.TempDir(), "files")} }

func stored(t testing.TB, d blob.Dir) (n int) {
	t.Helper()
	_ = filepath.WalkDir(d.Path, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return nil
	})
	return n
}

func addCodes(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.Update(ctx, func(tx *db.Tx) error {
		_, err := code.Save(ctx, tx, by, []code.Code{
			{System: code.ICD10CM, Code: "M5450", Billable: true, Short: "Low back pain", Long: "Low back pain, unspecified", Edition: "2026"},
			{System: code.HCPCS, Code: "G0299", Billable: true, Short: "Nursing", Long: "Direct skilled nursing", Edition: "2025"},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, files blob.Store, key string) string {
	t.Helper()
	f, err := files.Open(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// edit decodes the request, has f change it, and encodes it again.
func edit(t testing.TB, f func(b map[string]any, claim map[string]any)) []byte {
	t.Helper()
	var b map[string]any
	if err := json.Unmarshal(fixture(t, "testdata/request.json"), &b); err != nil {
		t.Fatal(err)
	}
	entry := b["entry"].([]any)[0].(map[string]any)
	f(b, entry["resource"].(map[string]any))
	body, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

const strange = "a thing nobody knows"

// plant puts something strange into e, sees that it is found, takes it out, and
// goes on with what is in e.
func plant(t *testing.T, root, e *element) {
	t.Helper()
	if e.fields != nil && e.name != "text" && e.name != "meta" {
		e.fields["strange"] = &element{name: "strange", leaf: strange}
		r, err := read(root.json())
		delete(e.fields, "strange")
		found := func(g order.Gap) bool { return strings.Contains(g.Value, strange) }
		if err != nil || !slices.ContainsFunc(append(r.gaps, r.priorWhole), found) {
			t.Errorf("%s: what was put there is lost; %v", e.path, err)
		}
	}
	for _, item := range e.items {
		plant(t, root, item)
	}
	for _, k := range sortedKeys(e.fields) {
		plant(t, root, e.fields[k])
	}
}
