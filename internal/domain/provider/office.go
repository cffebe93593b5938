package provider

import (
	"context"
	"strings"

	"parley/internal/domain/account"
	"parley/internal/infra/db"
)

// FindOffices returns the offices that text could mean, by name, at most n: it
// is the office's own NPI or tax ID, the NPI of a practitioner there, or the
// beginning of a word of the name. Who may: staff who take requests for
// offices.
func FindOffices(ctx context.Context, tx *db.Tx, by account.Actor, text string, n int) ([]Site, error) {
	if err := by.Must(account.ActOnBehalf); err != nil {
		return nil, err
	}
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, nil
	}
	begins := beginning(text)
	return db.All(ctx, tx, scanSite, placeSelect+`
		where o.kind = 'office' and (`+knownBefore+` or o.npi = $1 or o.tin = $1 or lower(o.name) like $2 escape '\' or lower(o.name) like $3 escape '\' or o.id in (
			select at.organization_id from practitioner p join practitioner_location pl on pl.practitioner_id = p.id join location at on at.id = pl.location_id where p.npi = $1))
		order by o.name, o.id limit $4`, text, begins, "% "+begins, n)
}

// beginning is a pattern for what begins with text.
func beginning(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}
