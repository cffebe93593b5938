package access

import (
	"context"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// profile is what the account page shows.
type profile struct {
	account.Person
	Seats []account.Seat
	Key   string
	Saved bool
	// Speaks is whether the person can choose a language: staff read English.
	Speaks bool
}

func showProfile(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := account.Get(ctx, r.Tx, r.By.ID)
	shown := profile{Person: p, Seats: r.By.Seats, Key: r.Key(), Saved: r.Query("saved") != "", Speaks: r.Speaks()}
	return web.Answer{Title: "Account", Body: profilePage(shown, nil)}, err
}

func editProfile(ctx context.Context, r *web.Request) (web.Answer, error) {
	p, err := account.Get(ctx, r.Tx, r.By.ID)
	if err != nil {
		return web.Answer{}, err
	}
	p.FirstName, p.LastName, p.Phone = r.Value("first_name"), r.Value("last_name"), r.Value("phone")
	p.Zone, p.Theme, p.Language = r.Value("tz"), r.Value("theme"), words.Language(r.Value("language"))
	if err := saveProfile(ctx, r, p); err != nil {
		shown := profile{Person: p, Seats: r.By.Seats, Key: r.Key(), Speaks: r.Speaks()}
		a, err := faulty("Account", func(errs []ui.FieldError) templ.Component { return profilePage(shown, errs) }, err, "first_name", "last_name", "phone", "tz", "language", "theme")
		a.Bare, a.Keep = false, false
		return a, err
	}
	return seeOther("/account?saved=1")
}

// saveProfile tells all that is wrong at once. A page that fails changes nothing.
func saveProfile(ctx context.Context, r *web.Request, p account.Person) error {
	wrong := fault.Fields{}
	spoken := error(nil)
	if r.Speaks() && r.Form.Has("language") {
		spoken = account.SetLanguage(ctx, r.Tx, r.By, p.Language)
	}
	for _, err := range []error{
		spoken,
		account.EditProfile(ctx, r.Tx, r.By, p),
		account.SetZone(ctx, r.Tx, r.By, p.Zone),
		account.SetTheme(ctx, r.Tx, r.By, p.Theme),
	} {
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
		if err != nil {
			for field, text := range fault.Of(err).Fields {
				wrong.Check(false, field, text)
			}
		}
	}
	return wrong.Err()
}

// zones are the choices for times; a zone chosen elsewhere stays one.
func zones(now string) []ui.Option {
	options := []ui.Option{{Label: "Select a time zone", Checked: now == ""}}
	known := false
	for _, z := range civil.Zones {
		options = append(options, ui.Option{Value: z.Name, Label: z.Label, Checked: z.Name == now})
		known = known || z.Name == now
	}
	if _, err := civil.Zone(now); err == nil && !known {
		options = append(options, ui.Option{Value: now, Label: words.AsIs(now), Checked: true})
	}
	return options
}

func themes(now string) []ui.Option {
	return []ui.Option{
		{Value: "", Label: "Like my system", Checked: now == ""},
		{Value: "light", Label: "Light", Checked: now == "light"},
		{Value: "dark", Label: "Dark", Checked: now == "dark"},
	}
}

// languages are those that people read in, each called what its speakers call it.
func languages(now words.Language) []ui.Option {
	var options []ui.Option
	for _, l := range words.Languages {
		options = append(options, ui.Option{Value: string(l), Label: words.AsIs(l.Name()), Checked: l == now})
	}
	return options
}
