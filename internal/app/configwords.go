package app

import (
	"cmp"
	"context"
	"fmt"

	"parley/internal/domain/civil"
	"parley/internal/domain/config"
	"parley/internal/domain/wording"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A SetupText is a text that the installation says otherwise than the program. A
// file knows it by the program's English, and by the context where one wording
// has several meanings.
type SetupText struct {
	Says    string `json:"says"`
	Context string `json:"context,omitempty"`
	English string `json:"en,omitempty"` // left out: as the program says it
	Spanish string `json:"es,omitempty"`
}

func (in SetupText) entry() (words.Entry, bool) {
	key := in.Says
	if in.Context != "" {
		key = string(words.As(in.Context, words.Text(in.Says)))
	}
	return words.EntryFor(key)
}

// A SetupService is what the service is called, and was until when.
type SetupService struct {
	Name   string        `json:"name,omitempty"` // left out: as the program was started
	Former []SetupFormer `json:"former,omitempty"`
}

// A SetupFormer is a name that the service had.
type SetupFormer struct {
	Name    string     `json:"name"`
	LastDay civil.Date `json:"last_day"`
}

// addWords leaves out what the program doesn't say any more: it shows nowhere.
func (x *exporter) addWords(ctx context.Context, tx *db.Tx) error {
	all, err := wording.All(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if e, known := words.EntryFor(w.Key); known {
			x.Words = append(x.Words, SetupText{Says: e.English, Context: e.Context, English: w.English, Spanish: w.Spanish})
		}
	}
	s, err := wording.ServiceOf(ctx, tx)
	if err != nil || s.Name == "" && len(s.Former) == 0 {
		return err
	}
	x.Service = &SetupService{Name: s.Name}
	for _, f := range s.Former {
		x.Service.Former = append(x.Service.Former, SetupFormer(f))
	}
	return nil
}

// wordsSubjects are the texts that the file names, and the name of the service.
func (c *configurer) wordsSubjects() (all []config.Subject) {
	for _, in := range c.Words {
		if e, known := in.entry(); known {
			all = append(all, config.TextSubject(e))
		}
	}
	if c.Service != nil {
		all = append(all, config.ServiceSubject)
	}
	return all
}

func (c *configurer) setWords(ctx context.Context, tx *db.Tx) error {
	for _, in := range c.Words {
		e, known := in.entry()
		if !known {
			return fmt.Errorf("words: this version of the program doesn't say %q", in.Says)
		}
		w := words.Wording{Key: e.Key, English: cmp.Or(in.English, e.English), Spanish: cmp.Or(in.Spanish, e.Spanish)}
		if err := wording.Set(ctx, tx, c.by, e, w); err != nil {
			return about("words, "+in.Says, err)
		}
	}
	if c.Service == nil {
		return nil
	}
	s := wording.Service{Name: c.Service.Name}
	for _, f := range c.Service.Former {
		s.Former = append(s.Former, wording.Former(f))
	}
	if err := wording.SetService(ctx, tx, c.by, s); err != nil {
		return about("service", err)
	}
	return nil
}
