package fax

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"parley/internal/domain/account"
	"parley/internal/fault"
	"parley/internal/infra/blob"
	"parley/internal/infra/db"
	"parley/internal/infra/inspect"
)

// Look asks for the folder of the fax server to be looked at. See
// app/reactions.go.
type Look struct{}

// Kind names the job.
func (Look) Kind() string { return "fax.look" }

// A Folder is where a fax server writes what arrives.
type Folder struct {
	DB    *db.DB
	Files blob.Store
	Path  string // "" for none
}

// taken is the folder within it where files are moved once they are kept.
const taken = "taken"

// Left is a file that stands in the folder and isn't taken.
type Left struct {
	Name   string
	Size   int64
	Why    string // it can't be; "" if it is still being written
	SeenAt time.Time
}

// LeftBehind are the files that can't be taken. Who may: those who put faxes on
// orders.
func LeftBehind(ctx context.Context, tx *db.Tx, by account.Actor) ([]Left, error) {
	if err := by.Must(account.HandleFaxes); err != nil {
		return nil, err
	}
	return leftOf(ctx, tx, `why <> '' and seen_at > $1`, tx.Now().Add(-lately))
}

// lately is for how long what the last look saw is told: after that nobody
// looks any more, since no folder is set.
const lately = 10 * time.Minute

func leftOf(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Left, error) {
	return db.All(ctx, tx, func(r db.Row) (l Left, err error) { return l, r.Scan(&l.Name, &l.Size, &l.Why, &l.SeenAt) },
		`select name, size, why, seen_at from fax_left where `+where+` order by name`, args...)
}

// Look takes what stands in the folder and has the size that it had at the last
// look: else it is still being written. A file is moved away only after it is
// kept for certain, and one whose content is here already is not taken again:
// so nothing is lost and nothing comes twice, whenever the program ends.
func (f Folder) Look(ctx context.Context, _ Look) error {
	if f.Path == "" {
		return nil
	}
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return f.remember(ctx, map[string]Left{".": {Name: ".", Why: "The folder itself can’t be read"}})
	}
	before := map[string]Left{}
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		all, err := leftOf(ctx, tx, `1 = 1`)
		for _, l := range all {
			before[l.Name] = l
		}
		return err
	})
	if err != nil {
		return err
	}
	now := map[string]Left{}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		l, gone, err := f.one(ctx, e, before)
		if err != nil { // the next look tries again: there is nothing for the queue to repeat
			l.Why = "It couldn’t be kept, and is tried again every 30 seconds"
		}
		if !gone {
			now[l.Name] = l
		}
	}
	return f.remember(ctx, now)
}

// one looks at a file; gone says that it is no longer there.
func (f Folder) one(ctx context.Context, e fs.DirEntry, before map[string]Left) (l Left, gone bool, err error) {
	l = Left{Name: e.Name()}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return l, true, nil
	}
	if err != nil || !info.Mode().IsRegular() {
		l.Why = "It is no file"
		return l, false, nil
	}
	l.Size = info.Size()
	was, known := before[l.Name]
	switch {
	case !known || was.Size != l.Size:
		return l, false, nil
	case !Rules.Takes(inspect.ByName(l.Name)):
		l.Why = "It is no " + Rules.TypeWords().String() + " file by its name"
		return l, false, nil
	case l.Size == 0:
		l.Why = "It is empty"
		return l, false, nil
	case l.Size > Rules.Bytes():
		l.Why = "It is too large"
		return l, false, nil
	}
	if l.Why, err = f.take(ctx, l, info.ModTime()); err != nil || l.Why != "" {
		return l, false, err
	}
	if err := f.move(l.Name); err != nil {
		l.Why = "It was taken, and can’t be moved to the folder “" + taken + "”"
		return l, false, nil
	}
	return l, true, nil
}

// take keeps a file, unless its content is here already. why is what keeps it
// from being taken.
func (f Folder) take(ctx context.Context, l Left, written time.Time) (why string, err error) {
	file, err := os.Open(filepath.Join(f.Path, l.Name))
	if err != nil {
		return "It can’t be opened", nil
	}
	defer file.Close()
	ref, err := f.Files.Put(ctx, io.LimitReader(file, l.Size+1))
	if err != nil {
		return "", err
	}
	if ref.Size != l.Size { // it grew meanwhile: the next look takes it
		return growing, f.Files.Delete(ctx, ref.Key)
	}
	err = f.DB.Update(ctx, func(tx *db.Tx) error {
		if written.After(tx.Now()) { // another machine's clock
			written = tx.Now()
		}
		_, err := Take(ctx, tx, account.Program(), Arrival{Name: l.Name, From: Caller(l.Name), ReceivedAt: written, Ref: ref, Came: "folder"})
		return err
	})
	if fault.Is(err, fault.Invalid) { // it is here already, and only wasn't moved
		return "", f.Files.Delete(ctx, ref.Key)
	}
	return "", err
}

const growing = "It is still being written"

// move puts a file among those taken. One of the same name that is there
// already keeps its place.
func (f Folder) move(name string) error {
	to := filepath.Join(f.Path, taken)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	at := filepath.Join(to, name)
	if _, err := os.Lstat(at); err == nil {
		at = filepath.Join(to, db.NewID("fax")+"-"+name)
	}
	err := os.Rename(filepath.Join(f.Path, name), at)
	if errors.Is(err, fs.ErrNotExist) { // another node moved it
		return nil
	}
	return err
}

var leading = regexp.MustCompile(`^\+?1?(\d{10})(?:\D|$)`)

// Caller is the number with which a file's name begins, as fax servers name
// what they write: "5555550148_20261123-0900.tif". "" for none.
func Caller(name string) string {
	found := leading.FindStringSubmatch(name)
	if found == nil {
		return ""
	}
	n := found[1]
	return "(" + n[:3] + ") " + n[3:6] + "-" + n[6:]
}

// remember keeps what stands in the folder now.
func (f Folder) remember(ctx context.Context, now map[string]Left) error {
	return f.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `delete from fax_left`); err != nil {
			return err
		}
		for _, l := range now {
			if err := tx.Send(ctx, `insert into fax_left (name, size, why, seen_at) values ($1, $2, $3, $4) on conflict do nothing`, keepable(l.Name), l.Size, l.Why, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepable is a name without what a database can't hold.
func keepable(name string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "?")
}
