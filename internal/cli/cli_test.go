package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/infra/db/dbtest"
)

// run is a command line and what came of it.
func run(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Run(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

func TestCommandsOnAnInstallation(t *testing.T) {
	for name, database := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "p.db"), "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			at := []string{"--database", database, "--data", t.TempDir()}
			add := func(role string) []string {
				return append([]string{"user", "add", "maria@cedar.example", "--first", "Maria", "--last", "Chen", "--role", role, "--organization", "Cedar"}, at...)
			}
			for _, c := range []struct {
				args   []string
				status int
				says   string
			}{
				{append([]string{"migrate"}, at...), 0, "The schema is at version "},
				{append([]string{"check"}, at...), 1, "There is no plan yet."},
				{append([]string{"check"}, at...), 1, "note  virus scanner: None is set"},
				{append([]string{"check", "--scan", "tcp://127.0.0.1:1"}, at...), 1, "FIX   virus scanner: The scanner does not answer"},
				{append([]string{"check", "--scan", "127.0.0.1"}, at...), 2, "must be like tcp://"},
				{add("office staff"), 0, "can sign in with the password"},
				{add("organization administrator"), 0, "is organization administrator at Cedar now"},
				{add("king"), 1, "Select a role"},
				{append([]string{"user", "password", "maria@cedar.example"}, at...), 0, "can sign in with the password"},
				{append([]string{"user", "password", "nobody@cedar.example"}, at...), 1, "We can't find"},
				{append([]string{"user", "reset-mfa", "maria@cedar.example"}, at...), 0, "sets up a new second factor"},
				{append([]string{"user", "key", "maria@cedar.example", "--name", "Cedar EHR"}, at...), 0, "holds 180 days"},
				{append([]string{"user", "key", "maria@cedar.example", "--name", "Cedar EHR", "--days", "400"}, at...), 1, "1 to 366 days"},
				{append([]string{"user", "end-keys", "maria@cedar.example"}, at...), 0, "Keys of maria@cedar.example that ended: 1."},
				{append([]string{"user", "disable", "maria@cedar.example"}, at...), 0, "is disabled"},
				{[]string{"deadline", "packs"}, 0, "medicare-advantage       2026.1"},
				{[]string{"deadline", "explain", "--pack", "medicare-advantage", "--received", "2026-11-20T16:30:00-06:00", "--urgency", "urgent"}, 0, "Due Mon, Nov 23, 4:30 PM CT (2026-11-23T22:30:00Z)\nBy Medicare Advantage, 2026.1: 42 CFR 422.572(a)"},
				{[]string{"deadline", "explain", "--pack", "erisa", "--received", "2026-11-20T16:30:00-06:00", "--asked", "2026-11-23T10:00:00-06:00", "--until", "2027-01-07T10:00:00-06:00", "--answered", "2026-12-01T09:00:00-06:00"}, 0, "Due Sun, Dec 13, 3:30 PM CT"},
				{[]string{"deadline", "explain", "--pack", "nowhere", "--received", "2026-11-20T16:30:00-06:00"}, 2, "no rule pack \"nowhere\""},
				{[]string{"deadline", "explain", "--pack", "erisa", "--received", "yesterday"}, 2, "--received must read like"},
				{[]string{"deadline", "explain", "--pack", "erisa", "--received", "2026-11-20T16:30:00-06:00", "--urgency", "post_stabilization"}, 1, "no rule says"},
				{[]string{"version"}, 0, "schema "},
				{[]string{"serve", "--session-idle", "x"}, 2, ""},
				{[]string{"nonsense"}, 2, "nonsense"},
				{append([]string{"user", "add"}, at...), 2, ""},
				{append([]string{"config", "export"}, at...), 0, "\"name\": \"Cedar\""},
			} {
				status, out, errs := run(t, c.args...)
				if status != c.status || !strings.Contains(out+errs, c.says) {
					t.Errorf("%v: %d, want %d with %q\n%s%s", c.args[:min(3, len(c.args))], status, c.status, c.says, out, errs)
				}
				if strings.Contains(errs, "sql:") || strings.Contains(errs, "SQLSTATE") {
					t.Errorf("%v tells of the database's insides: %s", c.args[:2], errs)
				}
			}
		})
	}
}

func TestACommandBeforeMigrateSaysSo(t *testing.T) {
	status, _, errs := run(t, "user", "password", "x@y.example", "--database", "sqlite:"+filepath.Join(t.TempDir(), "p.db"), "--data", t.TempDir())
	if status != 1 || !strings.Contains(errs, "parley migrate") {
		t.Errorf("%d %s", status, errs)
	}
}

// ASVS 13.1.1 and 13.2: a setting that is mistyped is an error, not a default.
func TestUnknownSettingsAreErrors(t *testing.T) {
	t.Setenv("PARLEY_SESION_IDLE", "1h")
	if status, _, errs := run(t, "version"); status != 2 || !strings.Contains(errs, "PARLEY_SESION_IDLE") {
		t.Errorf("%d %s", status, errs)
	}
}

func TestSessionsCantBeSetToLastForEver(t *testing.T) {
	for _, idle := range []string{"0s", "2h"} {
		status, _, errs := run(t, "serve", "--idle", idle, "--database", "sqlite:"+filepath.Join(t.TempDir(), "p.db"), "--data", t.TempDir())
		if status != 2 || !strings.Contains(errs, "lock within an hour") {
			t.Errorf("%s: %d %s", idle, status, errs)
		}
	}
}
