package access

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// safety is what the security page shows.
type safety struct {
	Key       string
	HasTOTP   bool
	HasFactor bool
	Ends      words.Text // when a new password has to be chosen, "" for never
	Password  bool       // there is one; who comes in through an organization may have none
	Passkeys  []account.Passkey
	Ready     bool // passkeys can be added at this address
	Codes     int  // recovery codes left
	Sessions  []account.Session
	Here      string // the id of this session
	Devices   []account.Device
	Done      words.Text
	now       time.Time
	zone      *time.Location
}

func securityCrumbs(here words.Text) []ui.Link {
	return []ui.Link{{Text: "Account", Href: "/account"}, {Text: "Security", Href: "/account/security"}, {Text: here}}
}

// done are the words after a change, by what stands in the address.
var done = map[string]words.Text{
	"password":        "Your password was changed. Other sessions were signed out.",
	"session":         "That session was signed out.",
	"others":          "All other sessions were signed out.",
	"passkey-added":   "The passkey was added. Use it the next time you sign in.",
	"passkey-named":   "The passkey has its new name.",
	"passkey-removed": "The passkey was removed. Other sessions were signed out.",
	"device":          "That device will be asked for a code again.",
}

func showSecurity(ctx context.Context, r *web.Request) (web.Answer, error) {
	s, err := safetyOf(ctx, r)
	s.Done = done[r.Query("done")]
	return web.Answer{Title: "Security", Body: securityPage(s, nil)}, err
}

func safetyOf(ctx context.Context, r *web.Request) (s safety, err error) {
	s = safety{Key: r.Key(), HasTOTP: r.Visit.HasTOTP, HasFactor: r.Visit.HasFactor(), Ready: r.Settings.Relying() != nil, Here: r.Visit.SessionID, now: r.Tx.Now(), zone: r.Zone("")}
	who, err := account.Get(ctx, r.Tx, r.By.ID)
	if err != nil {
		return s, err
	}
	s.Password = who.HasPassword
	if end := r.Visit.PasswordEnds; end != nil && s.Password {
		s.Ends = civil.NearWithin(*end, r.Zone(civil.DefaultZone), s.now)
	}
	if s.Passkeys, err = account.Passkeys(ctx, r.Tx, r.By); err != nil {
		return s, err
	}
	if s.Codes, err = account.CodesLeft(ctx, r.Tx, r.By); err != nil {
		return s, err
	}
	if s.Sessions, err = account.Sessions(ctx, r.Tx, r.By); err != nil {
		return s, err
	}
	s.Devices, err = account.Devices(ctx, r.Tx, r.By)
	return s, err
}

func securityFaults(ctx context.Context, r *web.Request, cause error) (web.Answer, error) {
	s, err := safetyOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	a, err := faulty("Security", func(errs []ui.FieldError) templ.Component { return securityPage(s, errs) }, cause, "current_password", "password", "codes_password")
	a.Bare = false
	return a, err
}

func changePassword(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := account.ChangePassword(ctx, r.Tx, r.Visit, r.Value("current_password"), r.Value("password")); err != nil {
		return securityFaults(ctx, r, err)
	}
	return seeOther("/account/security?done=password")
}

func renewCodes(ctx context.Context, r *web.Request) (web.Answer, error) {
	codes, err := account.RenewCodes(ctx, r.Tx, r.Visit, r.Value("codes_password"))
	if err != nil {
		return securityFaults(ctx, r, err)
	}
	return codesGiven(r, codes)
}

func endSession(ctx context.Context, r *web.Request) (web.Answer, error) {
	if r.Value("others") != "" {
		if err := account.SignOutOthers(ctx, r.Tx, r.Visit); err != nil {
			return web.Answer{}, err
		}
		return seeOther("/account/security?done=others")
	}
	if err := account.End(ctx, r.Tx, r.By, r.Value("session")); err != nil {
		return web.Answer{}, err
	}
	return seeOther("/account/security?done=session")
}

func forgetDevice(ctx context.Context, r *web.Request) (web.Answer, error) {
	if err := account.Forget(ctx, r.Tx, r.By, r.Value("device")); err != nil {
		return web.Answer{}, err
	}
	return seeOther("/account/security?done=device")
}

func (s safety) when(t time.Time) words.Text { return civil.When(t, s.zone, s.now) }

// browser names a browser as its owner would, from what it says of itself.
func browser(agent string) words.Text {
	name := firstIn(agent, "Edg", "Edge", "OPR", "Opera", "Firefox", "Firefox", "Chrome", "Chrome", "Safari", "Safari")
	system := firstIn(agent, "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS", "Mac", "CrOS", "Chromebook", "Linux", "Linux")
	switch {
	case name == "":
		return "A browser we don't know"
	case system == "":
		return words.AsIs(name)
	}
	return words.Say("%s on %s", name, system)
}

// firstIn is the name after the first mark that s holds.
func firstIn(s string, marksAndNames ...string) string {
	for i := 0; i < len(marksAndNames); i += 2 {
		if strings.Contains(s, marksAndNames[i]) {
			return marksAndNames[i+1]
		}
	}
	return ""
}
