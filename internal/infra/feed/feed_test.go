package feed

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"pgregory.net/rapid"

	"parley/internal/fault"
)

func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// all reads a file to its end: its lines, and what was refused.
func all(t testing.TB, path string) (lines []string, refused []string, err error) {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	for {
		line, err := f.Next()
		var r *Rejection
		switch {
		case errors.Is(err, io.EOF):
			return lines, refused, nil
		case errors.As(err, &r):
			refused = append(refused, r.Error())
		case err != nil:
			return lines, refused, err
		default:
			lines = append(lines, string(line))
		}
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	for name, c := range map[string]struct {
		content        string
		lines, refused []string
	}{
		"plain":            {"a\nb\n", []string{"a", "b"}, nil},
		"no last newline":  {"a\nb", []string{"a", "b"}, nil},
		"Windows":          {"a\r\n\r\nb\r\n", []string{"a", "b"}, nil},
		"byte order mark":  {"\xef\xbb\xbfa\n\xef\xbb\xbfb", []string{"a", "\xef\xbb\xbfb"}, nil},
		"ten megabytes":    {"a\n" + long + "\nb\n", []string{"a", "b"}, []string{"line 2: is longer than 65536 characters"}},
		"all of it":        {long, nil, []string{"line 1: is longer than 65536 characters"}},
		"another encoding": {"a\nJos\xe9\nb", []string{"a", "b"}, []string{"line 2: is not text in UTF-8"}},
		"a late zero":      {strings.Repeat("a\n", 300) + "b\x00\nc", append(slices.Repeat([]string{"a"}, 300), "c"), []string{"line 301: has a zero byte"}},
	} {
		for kind, content := range map[string]string{"": c.content, ".gz": zipped(t, c.content)} {
			lines, refused, err := all(t, file(t, "f"+kind, content))
			if err != nil || !slices.Equal(lines, c.lines) || !slices.Equal(refused, c.refused) {
				t.Errorf("%s%s: %d lines, %q, %v", name, kind, len(lines), refused, err)
			}
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	whole := zipped(t, strings.Repeat("a line of text that is long enough\n", 10_000))
	damaged := []byte(whole)
	damaged[len(damaged)-6] ^= 1 // in the checksum
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.csv"):          "There is no file none.csv.",
		dir:                                     filepath.Base(dir) + " is a folder. Name the file in it.",
		file(t, "empty.csv", ""):                "empty.csv is empty.",
		file(t, "e.gz", zipped(t, "")):          "e.gz is empty.",
		file(t, "a.zip", "PK\x03\x04whatever"):  "a.zip is a ZIP archive. Unpack it and name the file inside.",
		file(t, "w.csv", "\xff\xfea\x00b\x00"):  "w.csv is not a text file. Save it as text in UTF-8.",
		file(t, "h.gz", "\x1f\x8bno"):           "h.gz is damaged or cut off after line 0. Get the file again, then repeat the import.",
		file(t, "cut.gz", whole[:len(whole)/2]): "is damaged or cut off after line",
		file(t, "bad.gz", string(damaged)):      "bad.gz is damaged or cut off after line 10000. Get the file again, then repeat the import.",
	} {
		_, _, err := all(t, path)
		if f := fault.Of(err); err == nil || f.Kind == fault.Internal || !strings.Contains(f.Text.String(), want) {
			t.Errorf("%s: %v, want %q", filepath.Base(path), err, want)
		}
	}
}

func table(t testing.TB, content string, need ...string) (*Table, error) {
	t.Helper()
	tab, err := OpenTable(file(t, "t.csv", content), need...)
	if err == nil {
		t.Cleanup(func() { _ = tab.Close() })
	}
	return tab, err
}

func TestTable(t *testing.T) {
	tab, err := table(t, "Name, CITY,note\n\"O\"\"Hara, Ann\", Troy ,\nshort\n\"open,b,c\na\"b,c,d\n"+strings.Repeat("n", 9000)+",b,c\nlast,row,\n", "city", "name")
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil || row.Get("name") != `O"Hara, Ann` || row.Get("City") != "Troy" || row.Get("none") != "" {
		t.Fatalf("%+v %v", row, err)
	}
	for _, want := range []string{
		"line 3: has 1 fields where the header has 3", "line 4: has a quotation mark that is not closed",
		"line 5: has a quotation mark in the middle of a field", "line 6: Name: is longer than 8000 characters",
	} {
		if _, err := tab.Next(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if row, err := tab.Next(); err != nil || row.Get("name") != "last" || row.Line != 7 {
		t.Errorf("%+v %v", row, err)
	}
}

func TestHeaders(t *testing.T) {
	for content, want := range map[string]string{
		"a,b\n":       "The header of t.csv lacks c, d.",
		"a,b,B,c,d":   "The header of t.csv has a column twice: B.",
		`"a,b`:        "The first line of t.csv is no header.",
		"\n \n":       "The first line of t.csv is no header.",
		"Jos\xe9,c,d": "The first line of t.csv is no header.",
	} {
		if _, err := table(t, content, "c", "a", "d"); err == nil || fault.Of(err).Text.String() != want {
			t.Errorf("%q: %v, want %q", content, err, want)
		}
	}
}

// What a writer of RFC 4180 wrote comes back, as long as it is on one line.
func TestFieldsReadWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.SliceOfN(rapid.StringMatching(`[a-z", é]{0,6}`), 1, 6).Draw(t, "fields")
		var b strings.Builder
		w := csv.NewWriter(&b)
		if err := w.Write(fields); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		got, err := Fields(strings.TrimSuffix(b.String(), "\n"), nil)
		if err != nil || !slices.Equal(got, fields) {
			t.Fatalf("%q gave %q, %v", b.String(), got, err)
		}
	})
}

// A file of twenty 10 MB lines is read in the memory of one short one.
func TestMemoryStaysConstant(t *testing.T) {
	content := zipped(t, strings.Repeat(strings.Repeat("x", 10<<20)+"\n", 20)+"end\n")
	path := file(t, "big.gz", content)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	lines, refused, err := all(t, path)
	runtime.ReadMemStats(&after)
	if err != nil || len(lines) != 1 || len(refused) != 20 {
		t.Fatalf("%d lines, %d refused, %v", len(lines), len(refused), err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("allocated %d kB to read 200 MB", used>>10)
	}
}

func FuzzFields(f *testing.F) {
	for _, s := range []string{"", ",", `"a""b",c`, `"`, `""`, `"",`, `a"b`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\r\n") {
			return
		}
		got, err := Fields(line, nil)
		r := csv.NewReader(strings.NewReader(line))
		want, wantErr := r.Read()
		if line != "" && (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: %v, the standard reader says %v", line, err, wantErr)
		}
		if err == nil && wantErr == nil && !slices.Equal(got, want) {
			t.Fatalf("%q: %q, the standard reader says %q", line, got, want)
		}
	})
}
