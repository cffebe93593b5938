package help

import (
	"cmp"
	"context"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/infra/db"
	"parley/internal/web"
	"parley/internal/words"
)

// seenReleases is the preference that keeps the day of the newest release that
// somebody has read about.
const seenReleases = "releases_seen"

// showReleases says what each version changed, and marks what is new to whoever
// was here before.
func showReleases(ctx context.Context, r *web.Request) (web.Answer, error) {
	seen := ""
	if r.By.Known() {
		var err error
		if seen, err = account.Preference(ctx, r.Tx, r.By, seenReleases); err != nil {
			return web.Answer{}, err
		}
		if by, newest := r.By, releases[0].day.String(); seen != newest && by.Viewed == nil {
			if err := r.Tx.Later(ctx, func(ctx context.Context, tx *db.Tx) error {
				return account.SetPreference(ctx, tx, by, seenReleases, newest)
			}); err != nil {
				return web.Answer{}, err
			}
		}
	}
	return web.Answer{Title: "Release notes", Body: releasesView(seen, r.Settings.Version)}, nil
}

// heading names a release; running is the version of the program.
func (r release) heading(running string) words.Text {
	return words.Say("Version %s, %s", cmp.Or(r.version, running, "–"), civil.LongDate(r.day))
}
