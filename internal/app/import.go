package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"parley/internal/api/fhir"
	"parley/internal/domain/account"
	"parley/internal/domain/code"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// An Importer takes in files that others publish or send. What it has taken in
// it finds again: a file that was cut off, or an import that was, can be
// repeated from its start.
type Importer struct {
	DB      *db.DB
	Files   blob.Store
	Edition string // of a code set; "" takes it from the file's name

	// What a person watching is told. None may be nil.
	Opened   func(*feed.File)
	Moved    func(*feed.File) // some lines further
	Rejected func(path string, r *feed.Rejection)
	Noted    func(text string)
}

// OpenImporter connects to a database, whose schema it brings up to this
// program's. The caller closes the importer.
func OpenImporter(ctx context.Context, database, data string) (*Importer, error) {
	d, err := db.Open(ctx, database)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return &Importer{
		DB: d, Files: blob.Dir{Path: filepath.Join(data, "files")},
		Opened: func(*feed.File) {}, Moved: func(*feed.File) {}, Rejected: func(string, *feed.Rejection) {}, Noted: func(string) {},
	}, nil
}

// Close lets go of the database.
func (im *Importer) Close() error { return im.DB.Close() }

// ImportKinds are the kinds of file Import knows.
var ImportKinds = []string{"nppes", "members", "network", "icd10cm", "hcpcs", "pas", "legacy"}

// Import takes in one file and counts its lines by what became of them. An
// error that is a fault says why the file can't be read; what was read before
// that is kept.
func (im *Importer) Import(ctx context.Context, kind, path string) (feed.Tally, error) {
	switch kind {
	case "nppes":
		return im.directory(ctx, path)
	case "members":
		return im.members(ctx, path)
	case "network":
		return im.network(ctx, path)
	case "legacy":
		return im.legacyOrders(ctx, path)
	case "icd10cm":
		return im.icd10(ctx, path)
	case "hcpcs":
		return im.hcpcs(ctx, path)
	case "pas":
		return im.pas(ctx, path)
	}
	return feed.Tally{}, fault.New(fault.Invalid, "There is no import of %s.", kind)
}

const batch = 2000 // lines in a transaction: enough to be fast, and soon repeated

// weighed are the batches after which tables that were small may have grown so
// that the database had best plan anew.
var weighed = []int{1, 8, 64}

// A loader reads values from a file and saves them some at a time.
type loader[T any] struct {
	path string
	file *feed.File
	next func() (T, error)
	key  func(T) string
	// together keeps neighbors with one key in one transaction; otherwise a
	// key that stands there already begins the next.
	together bool
	save     func(context.Context, *db.Tx, []T) (feed.Tally, []*feed.Rejection, error)
}

// load runs a loader to the end of its file.
func load[T any](ctx context.Context, im *Importer, l loader[T]) (total feed.Tally, err error) {
	var some []T
	keys, batches := map[string]bool{}, 0
	flush := func() error {
		t, refused, err := saveSome(ctx, im, l, some)
		total.Add(t)
		for _, r := range refused {
			im.Rejected(l.path, r)
		}
		im.Moved(l.file)
		some, keys = some[:0], map[string]bool{}
		if batches++; err == nil && slices.Contains(weighed, batches) {
			err = im.DB.Weigh(ctx)
		}
		return err
	}
	for {
		v, err := l.next()
		var r *feed.Rejection
		switch {
		case errors.Is(err, io.EOF):
			return total, flush()
		case errors.As(err, &r):
			total.Rejected++
			im.Rejected(l.path, r)
			continue
		case err != nil:
			return total, errors.Join(err, flush())
		}
		key := l.key(v)
		if full := len(some) >= batch; l.together && full && !keys[key] || !l.together && (full || keys[key]) {
			if err := flush(); err != nil {
				return total, err
			}
		}
		some, keys[key] = append(some, v), true
	}
}

func saveSome[T any](ctx context.Context, im *Importer, l loader[T], some []T) (t feed.Tally, refused []*feed.Rejection, err error) {
	if len(some) == 0 {
		return t, nil, nil
	}
	err = im.DB.Update(ctx, func(tx *db.Tx) (err error) {
		t, refused, err = l.save(ctx, tx, some)
		return err
	})
	if err != nil {
		return feed.Tally{}, nil, err
	}
	return t, refused, nil
}

func changedOf(n, changed int, err error) (feed.Tally, []*feed.Rejection, error) {
	return feed.Tally{Imported: changed, Unchanged: n - changed}, nil, err
}

// directory imports the national provider directory.
func (im *Importer) directory(ctx context.Context, path string) (feed.Tally, error) {
	t, err := feed.OpenTable(path, provider.ListingColumns...)
	if err != nil {
		return feed.Tally{}, err
	}
	defer t.Close() //nolint:errcheck // nothing was written to it
	im.Opened(t.File)
	if unknown := provider.UnknownListingColumns(t.Names()); len(unknown) > 0 {
		im.Noted(fmt.Sprintf("%s has %d columns that the directory does not have; they are not read.", t.Name, len(unknown)))
	}
	mended := 0
	total, err := load(ctx, im, loader[provider.Listing]{
		path: path, file: t.File, key: func(l provider.Listing) string { return l.NPI },
		next: func() (provider.Listing, error) {
			row, err := t.Next()
			if err != nil {
				return provider.Listing{}, err
			}
			l, cleaned, err := provider.ReadListing(row)
			if cleaned && err == nil {
				mended++
			}
			return l, row.At(err)
		},
		save: func(ctx context.Context, tx *db.Tx, some []provider.Listing) (feed.Tally, []*feed.Rejection, error) {
			changed, err := provider.SaveListings(ctx, tx, account.Program(), some)
			return changedOf(len(some), changed, err)
		},
	})
	if mended > 0 {
		im.Noted(fmt.Sprintf("In %d lines of %s numbers were written with a decimal point, such as 1.0; it was taken off, and leading zeros of ZIP codes were put back.", mended, t.Name))
	}
	return total, err
}

// icd10 imports the ICD-10-CM order file.
func (im *Importer) icd10(ctx context.Context, path string) (feed.Tally, error) {
	f, err := feed.Open(path)
	if err != nil {
		return feed.Tally{}, err
	}
	defer f.Close() //nolint:errcheck // nothing was written to it
	im.Opened(f)
	first, err := f.Next()
	if err != nil || !code.LooksLikeICD10(string(first)) {
		return feed.Tally{}, fault.New(fault.Invalid, "%s is not the ICD-10-CM order file: its first line has no position, code and flag in fixed columns.", f.Name)
	}
	line := string(first)
	return im.codes(ctx, path, f, []string{code.ICD10CM}, func() (code.Code, error) {
		if line == "" {
			next, err := f.Next()
			if err != nil {
				return code.Code{}, err
			}
			line = string(next)
		}
		c, err := code.ReadICD10(line)
		line = ""
		return c, feed.Number(err, f.Line())
	})
}

// hcpcs imports a HCPCS Level II file.
func (im *Importer) hcpcs(ctx context.Context, path string) (feed.Tally, error) {
	f, err := feed.Open(path)
	if err != nil {
		return feed.Tally{}, err
	}
	defer f.Close() //nolint:errcheck // nothing was written to it
	im.Opened(f)
	h, err := code.NewHCPCS(f)
	if err != nil {
		return feed.Tally{}, err
	}
	return im.codes(ctx, path, f, []string{code.HCPCS, code.HCPCSModifier}, h.Next)
}

// codes saves an edition, and retires what it leaves out if it is whole.
func (im *Importer) codes(ctx context.Context, path string, f *feed.File, systems []string, next func() (code.Code, error)) (feed.Tally, error) {
	edition := im.Edition
	if edition == "" {
		edition = editionOf(f.Name)
	}
	total, err := load(ctx, im, loader[code.Code]{
		path: path, file: f, key: func(c code.Code) string { return c.System + " " + c.Code },
		next: func() (code.Code, error) {
			c, err := next()
			c.Edition = edition
			return c, err
		},
		save: func(ctx context.Context, tx *db.Tx, some []code.Code) (feed.Tally, []*feed.Rejection, error) {
			changed, err := code.Save(ctx, tx, account.Program(), some)
			return changedOf(len(some), changed, err)
		},
	})
	if err != nil || total.Rejected > 0 || total.Imported+total.Unchanged == 0 {
		return total, err
	}
	return total, im.DB.Update(ctx, func(tx *db.Tx) error {
		for _, s := range systems {
			n, err := code.Retire(ctx, tx, account.Program(), s, edition)
			if err != nil {
				return err
			}
			if n > 0 {
				im.Noted(fmt.Sprintf("%d %s codes that edition %s leaves out may no longer stand on a request.", n, s, edition))
			}
		}
		return nil
	})
}

var year = regexp.MustCompile(`(20\d\d)(?:[_ -]?(?i:(jan|apr|jul|oct)))?`)

// editionOf takes the year, and the quarter if there is one, out of a file's
// name: icd10cm_order_2026.txt, HCPC2025_OCT_ANWEB.csv.
func editionOf(name string) string {
	if m := year.FindStringSubmatch(name); m != nil {
		return strings.TrimSpace(m[1] + " " + strings.ToUpper(m[2]))
	}
	return name
}

// pas imports a request bundle. The bundle is taken as its file's only line.
func (im *Importer) pas(ctx context.Context, path string) (feed.Tally, error) {
	f, err := feed.Open(path)
	if err != nil {
		return feed.Tally{}, err
	}
	defer f.Close() //nolint:errcheck // nothing was written to it
	im.Opened(f)
	body, err := f.All(fhir.MaxBundle)
	if err != nil {
		return feed.Tally{}, err
	}
	res, err := fhir.ImportPAS(ctx, im.DB, im.Files, account.Program(), f.Name, body)
	switch {
	case errors.Is(err, fhir.ErrNotJSON):
		return feed.Tally{}, fault.New(fault.Invalid, "%s is not JSON.", f.Name)
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict):
		im.Rejected(path, &feed.Rejection{Line: 1, Reason: fault.Of(err).Text.String()})
		return feed.Tally{Rejected: 1}, nil
	case err != nil:
		return feed.Tally{}, err
	case res.Unchanged:
		return feed.Tally{Unchanged: 1}, nil
	}
	what := "became order " + res.Number
	if res.Updated {
		what = "changed order " + res.Number
	}
	im.Noted(fmt.Sprintf("%s %s; missing in it or kept without a place: %d.", f.Name, what, res.Gaps))
	return feed.Tally{Imported: 1}, nil
}
