package letter_test

import (
	"context"
	"strings"
	"testing"

	"parley/internal/domain/account"
	"parley/internal/domain/letter"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/infra/db/dbtest"
	"parley/internal/scene"
)

// No letter is faxed to a number that its office has not confirmed: staff read
// why, and send it again when it is.
func TestNothingIsFaxedToAnUnconfirmedNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := opened(t, d)
		const number = "(555) 555-0148"
		var dana account.Actor
		p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
			if dana, err = p.Person(ctx, tx, "Dana", "Cole", p.Office.ID, account.OrgAdmin); err != nil {
				return err
			}
			_, err = provider.KeepLocation(ctx, tx, dana, provider.Location{ID: p.North.ID, OrganizationID: p.Office.ID, Name: "North", Line: "1 Sample Street", City: "Exampleville", State: "TX", ZIP: "00001", Phone: "5555550147", Fax: number, TimeZone: "America/Chicago"})
			return err
		})
		o := p.Order()
		p.Do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `update orders set contact_notices = 'fax', contact_fax = $1 where id = $2`, number, string(o.ID))
			return err
		})
		p.decide(scene.Denial(o))
		fax := func(v letter.View) (found []letter.Task) {
			p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
				found, err = letter.Tasks(ctx, tx, p.clerk, v)
				return err
			})
			return found
		}
		if n := len(fax(letter.ToFax)); n != 0 {
			t.Fatalf("%d letters wait to be faxed", n)
		}
		held := fax(letter.Returned)
		if len(held) != 1 || !strings.Contains(held[0].Delivery.Error, "has not confirmed") {
			t.Fatalf("%+v", held)
		}
		again := func() error {
			return p.Try(func(ctx context.Context, tx *db.Tx) error { return letter.Again(ctx, tx, p.clerk, held[0].Delivery.ID) })
		}
		if err := again(); !fault.Is(err, fault.Conflict) {
			t.Errorf("again: %v", err)
		}
		if err := confirmFax(p, d, dana); err != nil {
			t.Fatal(err)
		}
		if err := again(); err != nil || len(fax(letter.ToFax)) != 1 {
			t.Errorf("once it is confirmed: %v", err)
		}
	})
}

// confirmFax has dana ask for a test fax to the office's first location, and
// enter its code.
func confirmFax(p *post, d *db.DB, dana account.Actor) error {
	find := func(ctx context.Context, tx *db.Tx) (provider.Number, error) {
		return provider.FindNumber(ctx, tx, dana, p.Office.ID, p.North.ID, provider.Fax)
	}
	p.Do(func(ctx context.Context, tx *db.Tx) error {
		n, err := find(ctx, tx)
		if err != nil {
			return err
		}
		return provider.Ask(ctx, tx, dana, n)
	})
	var code string
	p.Do(func(ctx context.Context, tx *db.Tx) (err error) {
		_, code, _, err = provider.DrawFaxCode(ctx, tx, provider.NumberAsked{LocationID: p.North.ID})
		return err
	})
	return p.Try(func(ctx context.Context, tx *db.Tx) error {
		n, err := find(ctx, tx)
		if err != nil {
			return err
		}
		return provider.Prove(ctx, tx, dana, n, code)
	})
}
