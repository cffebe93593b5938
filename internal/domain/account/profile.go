package account

import (
	"context"

	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/infra/db"
	"parley/internal/words"
)

// EditProfile changes a person's own name and phone number.
func EditProfile(ctx context.Context, tx *db.Tx, by Actor, p Person) error {
	p = p.tidy()
	f := fault.Fields{}
	p.checkProfile(f)
	if err := f.Err(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update person set first_name = $1, last_name = $2, phone = $3, version = version + 1 where id = $4`,
		p.FirstName, p.LastName, p.Phone, string(by.ID)); err != nil {
		return err
	}
	return record(ctx, tx, by, "person.profile_changed", by.ID, "")
}

// SetZone notes where a person reads times; a name that is no time zone is
// refused.
func SetZone(ctx context.Context, tx *db.Tx, by Actor, zone string) error {
	if _, err := civil.Zone(zone); err != nil {
		return fault.Fields{"tz": "Select a time zone"}.Err()
	}
	_, err := tx.Exec(ctx, `update person set time_zone = $1 where id = $2`, zone, string(by.ID))
	return err
}

// SetTheme notes whether a person wants light or dark pages, or "" for what
// their system says.
func SetTheme(ctx context.Context, tx *db.Tx, by Actor, theme string) error {
	if theme != "" && theme != "light" && theme != "dark" {
		return fault.Fields{"theme": "Select a theme"}.Err()
	}
	_, err := tx.Exec(ctx, `update person set theme = $1 where id = $2`, theme, string(by.ID))
	return err
}

// LanguageOf is the language in which the owner of an address reads: English for
// who works for the organization, "" for who chose none, and for an address that
// has no account.
func LanguageOf(ctx context.Context, tx *db.Tx, email string) (words.Language, error) {
	list, args := db.In(3, []Role{OfficeStaff, Clinician, OrgAdmin, Site})
	all, err := db.All(ctx, tx, db.Value[string], `
		select case when exists (select 1 from membership m where m.person_id = person.id and m.role not in `+list+`) then $1 else language end
		from person where email = $2`, append([]any{string(words.English), tidyEmail(email)}, args...)...)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return words.Language(all[0]), nil
}

// Reads is the language in which a reads where no page is: English where none
// was chosen, and for who works for the organization.
func (a Actor) Reads() words.Language {
	if a.Language.Known() && !a.IsStaff() {
		return a.Language
	}
	return words.English
}

// SetLanguage notes the language in which a person reads.
func SetLanguage(ctx context.Context, tx *db.Tx, by Actor, l words.Language) error {
	if !l.Known() {
		return fault.Fields{"language": "Select a language"}.Err()
	}
	_, err := tx.Exec(ctx, `update person set language = $1 where id = $2`, string(l), string(by.ID))
	return err
}
