package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"parley/internal/words"
)

//go:embed static
var files embed.FS

var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

type asset struct {
	body   []byte
	kind   string
	zipped bool // body is gzip
}

// shelf holds every file by the path it is served at, and that path by the file's name.
type shelf struct {
	byPath map[string]asset
	paths  map[string]string
}

var load = sync.OnceValue(func() shelf {
	s := shelf{map[string]asset{}, map[string]string{}}
	entries, err := files.ReadDir("static")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	for _, e := range entries {
		if e.IsDir() {
			s.folder(e.Name())
			continue
		}
		body, err := files.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		s.file(e.Name(), body)
	}
	for _, l := range append([]words.Language{words.Pseudo}, words.Languages...) {
		if l != words.English {
			s.file(wordsFile(l), scriptWords(l))
		}
	}
	return s
})

func (s shelf) file(name string, body []byte) {
	p := hashed(name, body)
	s.byPath[p], s.paths[name] = asset{body, types[path.Ext(name)], false}, p
}

// wordsFile is the script that gives the others their words in l. English they
// speak by themselves.
func wordsFile(l words.Language) string { return "words-" + string(l) + ".js" }

func scriptWords(l words.Language) []byte {
	return []byte("window.parleyWords = " + inJSON(words.ForScripts(l)) + ";\n")
}

func inJSON(said map[string]string) string {
	b, err := json.Marshal(said)
	if err != nil {
		panic(err) // a map of strings can be written
	}
	return string(b)
}

// folder puts the files of a folder under one path with a hash of them all:
// they ask for each other by their own names. They are kept as gzip, so that
// the program stays small.
func (s shelf) folder(name string) {
	entries, err := files.ReadDir("static/" + name)
	if err != nil {
		panic(err)
	}
	var all []byte
	bodies := map[string][]byte{}
	for _, e := range entries {
		body, err := files.ReadFile("static/" + name + "/" + e.Name())
		if err != nil {
			panic(err)
		}
		bodies[strings.TrimSuffix(e.Name(), ".gz")] = body
		all = append(all, body...)
	}
	s.paths[name] = hashed(name, all)
	for file, body := range bodies {
		s.byPath[s.paths[name]+"/"+file] = asset{body, types[path.Ext(file)], true}
	}
}

// hashed puts a hash of the content into the path, so that a browser may keep the file for ever.
func hashed(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

// Asset is the path of a file of this package, such as "app.css", or of a folder, such as "pdfjs". It panics when there
// is none: the name is written in a template.
func Asset(name string) string {
	p, ok := load().paths[name]
	if !ok {
		panic("ui: no asset " + name)
	}
	return p
}

// Static serves the paths of Asset, all below /static/.
func Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := load().byPath[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		if !a.zipped {
			_, _ = w.Write(a.body) // a reader who left is no fault of ours
			return
		}
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			_, _ = w.Write(a.body)
			return
		}
		unzip(w, a.body)
	})
}

// unzip is for the few that read no gzip.
func unzip(w http.ResponseWriter, body []byte) {
	plain, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, plain)
}
