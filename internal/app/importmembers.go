package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"parley/internal/domain/account"
	"parley/internal/domain/member"
	"parley/internal/infra/db"
	"parley/internal/infra/feed"
)

// members imports a roster, or the patients.csv of Synthea with the files
// beside it.
func (im *Importer) members(ctx context.Context, path string) (feed.Tally, error) {
	t, err := feed.OpenTable(path)
	if err != nil {
		return feed.Tally{}, err
	}
	defer t.Close() //nolint:errcheck // nothing was written to it
	im.Opened(t.File)
	if t.Has(member.SyntheaPatientColumns...) {
		return im.synthea(ctx, path, t)
	}
	if err := t.Need(member.RosterColumns...); err != nil {
		return feed.Tally{}, err
	}
	var roster member.Roster
	err = im.DB.View(ctx, func(tx *db.Tx) (err error) {
		roster, err = member.NewRoster(ctx, tx)
		return err
	})
	if err != nil {
		return feed.Tally{}, err
	}
	return im.enroll(ctx, path, t, roster.Read)
}

func (im *Importer) enroll(ctx context.Context, path string, t *feed.Table, read func(feed.Row) (member.Entry, error)) (feed.Tally, error) {
	return load(ctx, im, loader[member.Entry]{
		path: path, file: t.File, key: func(e member.Entry) string { return e.Member.Source }, together: true,
		next: func() (member.Entry, error) {
			row, err := t.Next()
			if err != nil {
				return member.Entry{}, err
			}
			e, err := read(row)
			return e, row.At(err)
		},
		save: func(ctx context.Context, tx *db.Tx, some []member.Entry) (feed.Tally, []*feed.Rejection, error) {
			return member.Enroll(ctx, tx, account.Program(), some)
		},
	})
}

// synthea imports generated patients, then who pays for them and when, from
// files that lie beside theirs.
func (im *Importer) synthea(ctx context.Context, path string, t *feed.Table) (feed.Tally, error) {
	total, err := im.enroll(ctx, path, t, member.ReadSyntheaPatient)
	if err != nil {
		return total, err
	}
	payersPath, transitionsPath := beside(path, "payers"), beside(path, "payer_transitions")
	if payersPath == "" || transitionsPath == "" {
		im.Noted(fmt.Sprintf("payers.csv or payer_transitions.csv is not beside %s, so the members have no coverage.", t.Name))
		return total, nil
	}
	payers, n, err := im.payers(ctx, payersPath)
	total.Add(n)
	if err != nil {
		return total, err
	}
	n, err = im.transitions(ctx, transitionsPath, payers)
	total.Add(n)
	return total, err
}

// beside finds a table in the folder of another, zipped or not.
func beside(path, name string) string {
	for _, ending := range []string{".csv", ".csv.gz"} {
		other := filepath.Join(filepath.Dir(path), name+ending)
		if _, err := os.Stat(other); err == nil {
			return other
		}
	}
	return ""
}

func (im *Importer) payers(ctx context.Context, path string) (member.SyntheaPayers, feed.Tally, error) {
	t, err := feed.OpenTable(path, member.SyntheaPayerColumns...)
	if err != nil {
		return nil, feed.Tally{}, err
	}
	defer t.Close() //nolint:errcheck // nothing was written to it
	im.Opened(t.File)
	payers := member.SyntheaPayers{}
	total, err := load(ctx, im, loader[member.SyntheaPayer]{
		path: path, file: t.File, key: func(p member.SyntheaPayer) string { return p.ID },
		next: func() (member.SyntheaPayer, error) {
			row, err := t.Next()
			if err != nil {
				return member.SyntheaPayer{}, err
			}
			p, err := member.ReadSyntheaPayer(row)
			return p, row.At(err)
		},
		save: func(ctx context.Context, tx *db.Tx, some []member.SyntheaPayer) (n feed.Tally, _ []*feed.Rejection, err error) {
			for _, p := range some {
				made, err := p.MakePlan(ctx, tx, account.Program())
				if err != nil {
					return n, nil, err
				}
				payers[p.ID] = p
				n.Add(tallyOf(made))
			}
			return n, nil, nil
		},
	})
	return payers, total, err
}

func tallyOf(changed bool) feed.Tally {
	if changed {
		return feed.Tally{Imported: 1}
	}
	return feed.Tally{Unchanged: 1}
}

func (im *Importer) transitions(ctx context.Context, path string, payers member.SyntheaPayers) (feed.Tally, error) {
	t, err := feed.OpenTable(path, member.SyntheaTransitionColumns...)
	if err != nil {
		return feed.Tally{}, err
	}
	defer t.Close() //nolint:errcheck // nothing was written to it
	im.Opened(t.File)
	uninsured := 0
	total, err := load(ctx, im, loader[[]member.Span]{
		path: path, file: t.File, key: func(s []member.Span) string { return s[0].Member }, together: true,
		next: func() ([]member.Span, error) {
			for {
				row, err := t.Next()
				if err != nil {
					return nil, err
				}
				spans, err := payers.Read(row)
				if err != nil || len(spans) > 0 {
					return spans, row.At(err)
				}
				uninsured++ // a time without insurance makes nothing
			}
		},
		save: func(ctx context.Context, tx *db.Tx, some [][]member.Span) (feed.Tally, []*feed.Rejection, error) {
			var spans []member.Span
			for _, s := range some {
				spans = append(spans, s...)
			}
			return member.CoverAll(ctx, tx, account.Program(), spans)
		},
	})
	total.Unchanged += uninsured
	return total, err
}
