package account_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"parley/internal/domain/account"
	"parley/internal/domain/audit"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/infra/job"
	"parley/internal/infra/secret"
	"parley/internal/words"
)

var (
	ctx    = context.Background()
	limits = account.Limits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour}
)

const (
	right   = "a quiet walk before the rain"
	another = "seven green umbrellas, folded"
)

// A house is a fresh database with an office that allows mailed codes, one
// that does not, and the organization that reviews.
type house struct {
	*testing.T
	d   *db.DB
	box *secret.Box
	now time.Time
}

func each(t *testing.T, f func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		box, err := secret.OpenBox(filepath.Join(t.TempDir(), "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		h := &house{T: t, d: d, box: box, now: dbtest.Clock}
		d.Now = func() time.Time { return h.now }
		h.do(func(tx *db.Tx) error {
			for _, o := range []struct {
				id, kind, name string
				mailed         bool
			}{{"org_mail", "office", "Cedar Orthopedics", true}, {"org_app", "office", "Harbor Imaging", false}, {"org_um", "um", "Parley Review", true}} {
				if _, err := tx.Exec(ctx, `insert into organization (id, kind, name, mailed_codes, created_at) values ($1, $2, $3, $4, $5)`,
					o.id, o.kind, o.name, o.mailed, tx.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		f(h)
	})
}

// do runs f and fails the test if that fails.
func (h *house) do(f func(*db.Tx) error) {
	h.Helper()
	if err := h.d.Update(ctx, f); err != nil {
		h.Fatal(err)
	}
}

// attempt runs f and commits whatever it returns, as a page with Keep does.
func (h *house) attempt(f func(*db.Tx) error) (err error) {
	h.Helper()
	h.do(func(tx *db.Tx) error {
		err = f(tx)
		return nil
	})
	return err
}

func (h *house) later(d time.Duration) { h.now = h.now.Add(d) }

func (h *house) person(email string, role account.Role, organization string) (p account.Person) {
	h.Helper()
	h.do(func(tx *db.Tx) (err error) {
		if p, err = account.AddPerson(ctx, tx, account.Program(), account.Person{Email: email, FirstName: "Maria", LastName: "Chen"}); err != nil {
			return err
		}
		if err := account.AddSeat(ctx, tx, account.Program(), p.ID, account.Seat{OrganizationID: organization, Role: role}); err != nil {
			return err
		}
		return account.SetPassword(ctx, tx, account.Program(), p.ID, right)
	})
	return p
}

// maria works at an office that wants an authenticator app.
func (h *house) maria() account.Person {
	h.Helper()
	return h.person("maria@cedarortho.example", account.OfficeStaff, "org_app")
}

func (h *house) signIn(a account.Attempt) (e account.Entry, err error) {
	h.Helper()
	err = h.attempt(func(tx *db.Tx) (err error) {
		e, err = account.SignIn(ctx, tx, a, limits)
		return err
	})
	return e, err
}

func (h *house) look(token string) (v account.Visit) {
	h.Helper()
	if err := h.d.View(ctx, func(tx *db.Tx) (err error) {
		v, err = account.Look(ctx, tx, token, limits)
		return err
	}); err != nil {
		h.Fatal(err)
	}
	return v
}

// half signs somebody in as far as the second factor.
func (h *house) half(email string) account.Visit {
	h.Helper()
	e, err := h.signIn(account.Attempt{Email: email, Password: right, Agent: "test", Address: "192.0.2.1"})
	if err != nil {
		h.Fatal(err)
	}
	return h.look(e.Token)
}

// enroll sets up an authenticator and returns its secret, the recovery codes
// and the token of the session, which is open.
func (h *house) enroll(email string) (key string, codes []string, token string) {
	h.Helper()
	v := h.half(email)
	h.do(func(tx *db.Tx) error {
		s, err := account.Prepare(tx, h.box, v.By, "Parley")
		if err != nil {
			return err
		}
		key = s.Secret
		token, codes, err = account.Enroll(ctx, tx, h.box, v, s, h.code(key))
		return err
	})
	h.later(time.Minute) // the code is used
	return key, codes, token
}

func (h *house) code(key string) string {
	h.Helper()
	code, err := totp.GenerateCode(key, h.now)
	if err != nil {
		h.Fatal(err)
	}
	return code
}

func (h *house) verify(v account.Visit, code string) (token string, err error) {
	h.Helper()
	err = h.attempt(func(tx *db.Tx) (err error) {
		token, err = account.Verify(ctx, tx, h.box, v, code)
		return err
	})
	return token, err
}

// open signs somebody in all the way.
func (h *house) open(email, key string) account.Visit {
	h.Helper()
	v := h.half(email)
	token, err := h.verify(v, h.code(key))
	if err != nil {
		h.Fatal(err)
	}
	h.later(time.Minute)
	return h.look(token)
}

func (h *house) wantState(what, token string, want account.State) {
	h.Helper()
	if got := h.look(token).State; got != want {
		h.Errorf("%s: state %d, want %d", what, got, want)
	}
}

func (h *house) wantKind(what string, err error, want fault.Kind) {
	h.Helper()
	if !fault.Is(err, want) {
		h.Errorf("%s: %v, want a fault of kind %d", what, err, want)
	}
}

func (h *house) wantField(what string, err error, field, text string) {
	h.Helper()
	if got := fault.Of(err).Fields[field]; err == nil || got.String() != text {
		h.Errorf("%s: %v says %q of %s, want %q", what, err, got, field, text)
	}
}

// told runs the jobs and returns what the person was told since the last time.
func (h *house) told(id account.PersonID) (changes []words.Text) {
	h.Helper()
	r := job.NewRunner(h.d, nil)
	job.React(r, func(_ context.Context, _ *db.Tx, e account.SecurityChanged) error {
		if e.PersonID == id {
			changes = append(changes, e.What)
		}
		return nil
	})
	job.React(r, func(context.Context, *db.Tx, account.CodeAsked) error { return nil })
	if _, err := r.Drain(ctx); err != nil {
		h.Fatal(err)
	}
	return changes
}

// mailed runs the jobs and returns the code that a mail would hold, "" if none.
func (h *house) mailed() (code string) {
	h.Helper()
	r := job.NewRunner(h.d, nil)
	job.React(r, func(context.Context, *db.Tx, account.SecurityChanged) error { return nil })
	job.React(r, func(_ context.Context, tx *db.Tx, e account.CodeAsked) error {
		_, drawn, ok, err := account.DrawCode(ctx, tx, e)
		if ok {
			code = drawn
		}
		return err
	})
	if _, err := r.Drain(ctx); err != nil {
		h.Fatal(err)
	}
	return code
}

func (h *house) audited(id account.PersonID) (actions []string) {
	h.Helper()
	h.do(func(tx *db.Tx) error {
		entries, err := audit.Of(ctx, tx, "person", string(id))
		for _, e := range entries {
			actions = append(actions, e.Action)
		}
		return err
	})
	return actions
}

// audits are the actions on an organization.
func (h *house) audits(organizationID string) (actions []string) {
	h.Helper()
	h.do(func(tx *db.Tx) error {
		entries, err := audit.Of(ctx, tx, "organization", organizationID)
		for _, e := range entries {
			actions = append(actions, e.Action)
		}
		return err
	})
	return actions
}
