package wording

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// A Service is what an installation calls itself, and called itself before.
type Service struct {
	Name   string // "" where none is set: what it was started with
	Former []Former
}

// A Former is a name that the service had, until the end of a day.
type Former struct {
	Name    string
	LastDay civil.Date
}

// transition is how many days after its last day people are told of a former
// name. Who looks for it finds it for ever.
const transition = 365

func (f Former) noticed(day civil.Date) bool { return !day.After(f.LastDay.AddDays(transition)) }

// Words say what the name was, and until when.
func (f Former) Words() words.Text {
	return words.Say("Formerly %s, until %s.", f.Name, civil.PlainDate(f.LastDay))
}

// ServiceOf is what the installation calls itself, the latest former name first.
func ServiceOf(ctx context.Context, tx *db.Tx) (s Service, err error) {
	all, err := db.All(ctx, tx, func(r db.Row) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) }, `select name, last_day from service_name order by last_day desc, name`)
	for _, row := range all {
		if row[1] == "" {
			s.Name = row[0]
			continue
		}
		day, err := civil.ParseDate(row[1])
		if err != nil {
			return s, err
		}
		s.Former = append(s.Former, Former{row[0], day})
	}
	return s, err
}

const longestName = 40

// Check tidies a service and says what is wrong with it, at "name" and "former".
func (s Service) Check() (Service, error) {
	f := fault.Fields{}
	s.Name, s.Former = strings.TrimSpace(s.Name), slices.Clone(s.Former)
	f.Check(s.Name == "" || named(s.Name), "name", "The name must be 40 characters or less, with a letter, on one line")
	known := map[string]bool{s.Name: true}
	for i, one := range s.Former {
		one.Name = strings.TrimSpace(one.Name)
		f.Check(named(one.Name), "former", "A former name must be 40 characters or less, with a letter")
		f.Check(!known[one.Name], "former", words.Say("%s stands twice", one.Name))
		known[one.Name], s.Former[i] = true, one
	}
	slices.SortFunc(s.Former, func(a, b Former) int {
		if c := b.LastDay.Compare(a.LastDay); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return s, f.Err()
}

func named(name string) bool {
	return strings.IndexFunc(name, unicode.IsLetter) >= 0 && utf8.RuneCountInString(name) <= longestName && strings.IndexFunc(name, func(r rune) bool { return r == '\n' || hidden(r) }) < 0
}

// SetService has the installation call itself something. Invalid faults are at
// "name" and "former". Who may: administrators and the program.
func SetService(ctx context.Context, tx *db.Tx, by account.Actor, s Service) error {
	if err := may(by); err != nil {
		return err
	}
	s, err := s.Check()
	if err != nil {
		return err
	}
	was, err := ServiceOf(ctx, tx)
	if err != nil || was.Name == s.Name && slices.Equal(was.Former, s.Former) {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from service_name`); err != nil {
		return err
	}
	for _, f := range s.Former {
		if _, err := tx.Exec(ctx, `insert into service_name (name, last_day) values ($1, $2)`, f.Name, f.LastDay.String()); err != nil {
			return err
		}
	}
	if s.Name != "" {
		if _, err := tx.Exec(ctx, `insert into service_name (name, last_day) values ($1, '')`, s.Name); err != nil {
			return err
		}
	}
	if err := db.Revise(ctx, tx, Topic); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by.Audit("service.named", "service", "name"))
}

// A Speech is how the installation speaks: what pages and mails need of it.
type Speech struct {
	Own    *words.Own
	Name   string // of the service
	Former []Former
}

// Now is how the installation speaks. name is what the service is called where
// nothing is set. The answer is shared: nobody may change it.
func Now(ctx context.Context, tx *db.Tx, name string) (*Speech, error) {
	return db.Remember(ctx, tx, Topic, name, func() (*Speech, error) {
		s, err := ServiceOf(ctx, tx)
		if err != nil {
			return nil, err
		}
		all, err := All(ctx, tx)
		if s.Name == "" {
			s.Name = name
		}
		return &Speech{Own: words.NewOwn(s.Name, all), Name: s.Name, Former: s.Former}, err
	})
}

// Noticed are the former names of which people who come in now are told.
func (s *Speech) Noticed(now time.Time) (all []Former) {
	day := civil.DateIn(now, time.UTC)
	for _, f := range s.Former {
		if f.noticed(day) {
			all = append(all, f)
		}
	}
	return all
}

// Signs is the name under a mail: with the last one for as long as people are
// told of it.
func (s *Speech) Signs(now time.Time) words.Text {
	if had := s.Noticed(now); len(had) > 0 {
		return words.Say("%s, formerly %s", words.Service, had[0].Name)
	}
	return words.Service
}
