// Package wording keeps how an installation speaks: the texts that it says
// otherwise than the program does, and what it calls itself, and did before.
// Which texts there are is in the catalog of package words.
package wording

import (
	"context"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// Topic is told when anything changes in how the installation speaks.
const Topic = "words"

// All are the texts that the installation says otherwise, by their keys.
func All(ctx context.Context, tx *db.Tx) ([]words.Wording, error) {
	return db.All(ctx, tx, scan, `select key, en, es from wording order by key`)
}

func scan(r db.Row) (w words.Wording, err error) { return w, r.Scan(&w.Key, &w.English, &w.Spanish) }

// Of is how the installation says a text: as the program does where it has no
// wording of its own.
func Of(ctx context.Context, tx *db.Tx, e words.Entry) (w words.Wording, err error) {
	w, err = db.One(ctx, tx, scan, `select key, en, es from wording where key = $1`, e.Key)
	if fault.Is(err, fault.NotFound) {
		w, err = words.Wording{Key: e.Key}, nil
	}
	if w.English == "" {
		w.English = e.English
	}
	if w.Spanish == "" {
		w.Spanish = e.Spanish
	}
	return w, err
}

// Check tidies a wording of a text and says what is wrong with it, at "en" and
// "es".
func Check(e words.Entry, w words.Wording) (words.Wording, error) {
	f := fault.Fields{}
	w.Key = e.Key
	w.English, w.Spanish = tidied(e.English, w.English), tidied(e.English, w.Spanish)
	one := func(field, comes, said string) {
		most := 2*utf8.RuneCountInString(comes) + 40
		f.Check(said != "", field, words.Say("Enter a text. The program says “%s”", comes))
		f.Check(strings.IndexFunc(said, hidden) < 0, field, "Take out the characters that can’t be seen")
		f.Check(utf8.RuneCountInString(said) <= most, field, words.Say("The text must be %s characters or less: twice its usual length, and 40", strconv.Itoa(most)))
		f.Check(said == "" || words.Fits(comes, said), field, gapsWords(comes))
	}
	one("en", e.English, w.English)
	if e.Spanish != "" || w.Spanish != "" {
		one("es", spanishOf(e), w.Spanish)
	}
	return w, f.Err()
}

// spanishOf is what a reader of Spanish gets by the program.
func spanishOf(e words.Entry) string {
	if e.Spanish == "" {
		return e.English
	}
	return e.Spanish
}

// gapsWords say which gaps a text must have.
func gapsWords(comes string) words.Text {
	g := words.Gaps(comes)
	if g == "" {
		return words.Say("This text has no room for values: take out %s", "%s")
	}
	return words.Say("The text must have this where its values go, each once, and no other percent sign: %s", g)
}

// tidied is a text on one line, unless the program's own has several.
func tidied(comes, said string) string {
	said = strings.TrimSpace(strings.ReplaceAll(said, "\r\n", "\n"))
	if !strings.Contains(comes, "\n") {
		said = strings.ReplaceAll(said, "\n", " ")
	}
	return said
}

// hidden are characters that nobody sees: they end lines, break files or turn
// the direction of what follows.
func hidden(r rune) bool {
	return unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' || r == unicode.ReplacementChar
}

// Set has the installation say a text as a wording does. Invalid faults are at
// "en" and "es". Who may: administrators and the program.
func Set(ctx context.Context, tx *db.Tx, by account.Actor, e words.Entry, w words.Wording) error {
	if err := may(by); err != nil {
		return err
	}
	w, err := Check(e, w)
	if err != nil {
		return err
	}
	was, err := Of(ctx, tx, e)
	if err != nil || was == w {
		return err
	}
	if w.English == e.English {
		w.English = ""
	}
	if w.Spanish == e.Spanish {
		w.Spanish = ""
	}
	if w.English == "" && w.Spanish == "" {
		_, err = tx.Exec(ctx, `delete from wording where key = $1`, w.Key)
	} else {
		_, err = tx.Exec(ctx, `insert into wording (key, en, es) values ($1, $2, $3) on conflict (key) do update set en = excluded.en, es = excluded.es`, w.Key, w.English, w.Spanish)
	}
	if err != nil {
		return err
	}
	if err := db.Revise(ctx, tx, Topic); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("wording.set", "wording", e.ID))
}

func may(by account.Actor) error {
	if by.IsProgram() {
		return nil
	}
	return by.Must(account.ManageProgram)
}
