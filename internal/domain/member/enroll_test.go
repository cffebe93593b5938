package member

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/feed"
	"parley/internal/infra/feed/feedtest"
)

var ctx = context.Background()

func addPlan(t testing.TB, d *db.DB) plan.Plan {
	t.Helper()
	var p plan.Plan
	err := d.Update(ctx, func(tx *db.Tx) (err error) {
		if p, err = plan.Save(ctx, tx, account.Program(), plan.Plan{Code: "harbor", Name: "Harbor Health Plan", TimeZone: "America/Chicago"}); err != nil {
			return err
		}
		for _, line := range []string{"commercial", "medicare_advantage"} {
			l := plan.Line{PlanID: p.ID, Code: line, Name: line, CallEffect: "change"}
			if err := plan.SaveLine(ctx, tx, account.Program(), l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rows calls read for every row of a table and returns what was refused.
func rows(t testing.TB, path string, need []string, read func(feed.Row) error) (refused []string) {
	t.Helper()
	tab, err := feed.OpenTable(path, need...)
	if err != nil {
		t.Fatal(err)
	}
	defer tab.Close()
	for {
		row, err := tab.Next()
		if err == nil {
			err = row.At(read(row))
		}
		var r *feed.Rejection
		switch {
		case errors.Is(err, io.EOF):
			return refused
		case errors.As(err, &r):
			refused = append(refused, r.Error())
		case err != nil:
			t.Fatal(err)
		}
	}
}

func roster(t testing.TB, d *db.DB, path string) (tally feed.Tally, refused []string) {
	t.Helper()
	var r Roster
	view(t, d, func(tx *db.Tx) (err error) { r, err = NewRoster(ctx, tx); return err })
	var entries []Entry
	refused = rows(t, path, RosterColumns, func(row feed.Row) error {
		e, err := r.Read(row)
		if err == nil {
			entries = append(entries, e)
		}
		return err
	})
	tally.Rejected = len(refused)
	update(t, d, func(tx *db.Tx) error {
		got, more, err := Enroll(ctx, tx, account.Program(), entries)
		tally.Add(got)
		for _, m := range more {
			refused = append(refused, m.Error())
		}
		return err
	})
	return tally, refused
}

func view(t testing.TB, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.View(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func update(t testing.TB, d *db.DB, f func(*db.Tx) error) {
	t.Helper()
	if err := d.Update(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func TestRoster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		addPlan(t, d)
		tally, refused := roster(t, d, "testdata/roster.csv")
		if tally != (feed.Tally{Imported: 5, Rejected: 9}) {
			t.Errorf("%v", tally)
		}
		want := []string{
			"line 7: birth_date: is not a date like 2026-11-24 or 11/24/2026",
			"line 8: plan_code: is no plan with a line of business here",
			"line 9: line: is no line of business of the plan",
			"line 10: coverage_end: is before coverage_start",
			"line 11: sex: is none of F, M, X and U",
			"line 12: last_name: is empty",
			"line 14: member_id: has no letter or digit",
			"line 15: rank: is none of 1, 2, 3 and 4",
			"line 13: member_id: belongs to someone with another first name and birth date; tell them apart in the column dependent",
		}
		if !slices.Equal(refused, want) {
			t.Errorf("refused %q", refused)
		}
		checkRosa(t, d)
		if again, _ := roster(t, d, "testdata/roster.csv"); again != (feed.Tally{Unchanged: 5, Rejected: 9}) {
			t.Errorf("again: %v", again)
		}
	})
}

func checkRosa(t *testing.T, d *db.DB) {
	t.Helper()
	view(t, d, func(tx *db.Tx) error {
		m, err := BySource(ctx, tx, "roster/harbor/XQH1234417/00")
		if err != nil {
			return err
		}
		if m.First != "Rosa" || m.Line != "12 Sample St, Apt 3" || m.State != "IL" || m.Sex != "female" || m.Born.String() != "1986-04-28" {
			t.Errorf("%+v", m)
		}
		spans, err := Coverages(ctx, tx, m.ID)
		if len(spans) != 2 || spans[0].From.String() != "2026-01-01" || !spans[0].To.IsZero() || spans[1].To.String() != "2025-12-31" || spans[0].Number != "XQH 123-4417" {
			t.Errorf("%+v", spans)
		}
		n, countErr := db.Count(ctx, tx, `select count(*) from member`)
		if n != 3 {
			t.Errorf("%d members", n)
		}
		entries, auditErr := audit.Recent(ctx, tx, 1)
		if auditErr == nil && (len(entries) != 1 || entries[0].Action != "members.imported" || entries[0].Detail != "imported 5, unchanged 0, rejected 1") {
			t.Errorf("audit %+v", entries)
		}
		return errors.Join(err, countErr, auditErr)
	})
}

func TestARosterThatChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		addPlan(t, d)
		path := filepath.Join(t.TempDir(), "r.csv")
		write := func(lines ...string) {
			t.Helper()
			content := "member_id,last_name,first_name,birth_date,plan_code,line,coverage_start,coverage_end\n" + strings.Join(lines, "\n")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		first := "A1,Testley,Rosa,1986-04-28,harbor,commercial,2026-01-01,"
		other := "A2,Testley,Otto,1986-04-28,harbor,commercial,2026-01-01,"
		write(first, other)
		roster(t, d, path)
		for _, c := range []struct {
			line string
			want feed.Tally
		}{
			{strings.Replace(first, "Testley", "Samples", 1), feed.Tally{Imported: 1, Unchanged: 1}},
			{strings.Replace(first, "Testley", "Samples", 1) + "2026-06-30", feed.Tally{Imported: 1, Unchanged: 1}},
			{strings.Replace(first, "1986-04-28", "1986-04-29", 1), feed.Tally{Imported: 1, Unchanged: 1}},
			{strings.Replace(first, "1986-04-28,", "1986-04-30,", 1), feed.Tally{Imported: 1, Unchanged: 1}},
			{strings.Replace(strings.Replace(first, "1986-04-28", "1999-01-01", 1), "Rosa", "Vera", 1), feed.Tally{Rejected: 1, Unchanged: 1}},
		} {
			write(c.line, other)
			if tally, refused := roster(t, d, path); tally != c.want {
				t.Errorf("%q: %v %q", c.line, tally, refused)
			}
		}
		view(t, d, func(tx *db.Tx) error {
			n, err := db.Count(ctx, tx, `select count(*) from coverage`)
			if n != 2 {
				t.Errorf("%d spans", n)
			}
			return err
		})
	})
}

func TestMatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := addPlan(t, d)
		roster(t, d, "testdata/roster.csv")
		born, _ := civil.NewDate(1986, 4, 28)
		match := func(number, first string, day civil.Date) (err error) {
			_ = d.View(ctx, func(tx *db.Tx) error {
				_, err = Match(ctx, tx, string(p.ID), number, first, "TESTLEY", day)
				return nil
			})
			return err
		}
		if err := match("xqh1234417", "rosa", born); err != nil {
			t.Errorf("the same: %v", err)
		}
		for _, err := range []error{match("XQH123", "Rosa", born), match("XQH1234417", "Rose", born), match("XQH1234417", "Rosa", born.AddDays(1))} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("another: %v", err)
			}
		}
	})
}

func synthea(t testing.TB, d *db.DB, dir func(string) string) (tally feed.Tally, refused []string) {
	t.Helper()
	by := account.Program()
	var entries []Entry
	refused = rows(t, dir("patients.csv"), SyntheaPatientColumns, func(row feed.Row) error {
		e, err := ReadSyntheaPatient(row)
		if err == nil {
			entries = append(entries, e)
		}
		return err
	})
	payers := SyntheaPayers{}
	rows(t, dir("payers.csv"), SyntheaPayerColumns, func(row feed.Row) error {
		p, err := ReadSyntheaPayer(row)
		update(t, d, func(tx *db.Tx) error { _, err := p.MakePlan(ctx, tx, by); return err })
		payers[p.ID] = p
		return err
	})
	var spans []Span
	refused = append(refused, rows(t, dir("payer_transitions.csv"), SyntheaTransitionColumns, func(row feed.Row) error {
		some, err := payers.Read(row)
		spans = append(spans, some...)
		return err
	})...)
	update(t, d, func(tx *db.Tx) error {
		a, _, err := Enroll(ctx, tx, by, entries)
		b, more, coverErr := CoverAll(ctx, tx, by, spans)
		a.Add(b)
		tally = a
		for _, m := range more {
			refused = append(refused, m.Error())
		}
		return errors.Join(err, coverErr)
	})
	return tally, refused
}

func TestSynthea(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := func(name string) string { return "testdata/synthea/" + name }
		tally, refused := synthea(t, d, dir)
		if tally != (feed.Tally{Imported: 5, Rejected: 1}) { // two patients, three lines with insurance
			t.Errorf("%v", tally)
		}
		want := []string{
			"line 4: BIRTHDATE: is not a date like 2026-11-24 or 11/24/2026", "line 6: END_DATE: is before START_DATE",
			"line 8: PAYER: is no payer in payers.csv", "line 7: PATIENT: is no member that was imported",
		}
		if !slices.Equal(refused, want) {
			t.Errorf("refused %q", refused)
		}
		if again, _ := synthea(t, d, dir); again != (feed.Tally{Unchanged: 5, Rejected: 1}) {
			t.Errorf("again: %v", again)
		}
		view(t, d, func(tx *db.Tx) error {
			m, err := BySource(ctx, tx, "synthea/p-1")
			if err != nil {
				return err
			}
			spans, err := Coverages(ctx, tx, m.ID)
			if len(spans) != 3 || spans[2].Rank != 2 || spans[2].Line != "commercial" || spans[2].Number != "" || spans[1].To.String() != "2025-05-05" || spans[0].Line != "medicare_advantage" {
				t.Errorf("%+v", spans)
			}
			joe, joeErr := BySource(ctx, tx, "synthea/p-2")
			if joe.Last != "O'Test54" || joe.Died.String() != "2023-02-26" {
				t.Errorf("%+v", joe)
			}
			return errors.Join(err, joeErr)
		})
	})
}

func TestOnlyImportsEnroll(t *testing.T) {
	d := dbtest.SQLite(t)
	update(t, d, func(tx *db.Tx) error {
		_, _, err := Enroll(ctx, tx, account.Actor{ID: "per_x"}, nil)
		_, _, coverErr := CoverAll(ctx, tx, account.Actor{ID: "per_x"}, nil)
		if !fault.Is(err, fault.Denied) || !fault.Is(coverErr, fault.Denied) {
			t.Errorf("%v, %v", err, coverErr)
		}
		return nil
	})
}

func TestTheGeneratedPatients(t *testing.T) {
	dir := func(name string) string { return feedtest.Real(t, "synthea/csv/"+name) }
	dir("patients.csv") // skips here, not halfway
	d := dbtest.SQLite(t)
	tally, refused := synthea(t, d, dir)
	if tally.Imported != 112+1141-26 || len(refused) != 0 {
		t.Errorf("%v, refused %q", tally, refused)
	}
	if again, _ := synthea(t, d, dir); again.Imported != 0 {
		t.Errorf("again: %v", again)
	}
	view(t, d, func(tx *db.Tx) error {
		n, err := db.Count(ctx, tx, `select count(*) from coverage where rank = 2`)
		if n != 202 {
			t.Errorf("%d with a second payer", n)
		}
		return err
	})
}

func FuzzRoster(f *testing.F) {
	text, err := os.ReadFile("testdata/roster.csv")
	if err != nil {
		f.Fatal(err)
	}
	header, lines, _ := strings.Cut(string(text), "\n")
	for line := range strings.Lines(lines) {
		f.Add(line)
	}
	r := Roster{plans: map[string]rosterPlan{"harbor": {"pln_1", []string{"commercial"}}}}
	path := filepath.Join(f.TempDir(), "roster.csv")
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "\x00") {
			return // no text: package feed refuses the whole file
		}
		if err := os.WriteFile(path, []byte(header+"\n"+line), 0o600); err != nil {
			t.Fatal(err)
		}
		rows(t, path, RosterColumns, func(row feed.Row) error {
			e, err := r.Read(row)
			if err == nil && (e.Member.Born.IsZero() || e.Member.Last == "" || e.Coverage.Line != "commercial" || e.Coverage.Rank < 1) {
				t.Errorf("%q gave %+v", line, e)
			}
			return err
		})
	})
}
