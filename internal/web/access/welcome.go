package access

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"parley/internal/domain/account"
	"parley/internal/domain/civil"
	"parley/internal/domain/provider"
	"parley/internal/fault"
	"parley/internal/web"
	"parley/internal/web/ui"
	"parley/internal/words"
)

// welcome is what somebody sees first, and while they wait to be let in.
type welcome struct {
	Key     string
	Joining *account.Joining // nil for who was invited
	Asked   words.Text       // when they asked, and when they reminded
	Numbers []provider.Number
	Waiting bool // a code is asked for or on its way
	Works   bool // has a seat somewhere
	Sends   bool
	Manages bool
	Faxes   bool
	Support ui.HelpLine
	Done    words.Text
}

var welcomeDone = map[string]words.Text{
	"reminded": "They were told again.",
	"asked":    "The code is on its way. Enter it below when you have it.",
	"proven":   "Confirmed. You are your organization's administrator now.",
}

func showWelcome(ctx context.Context, r *web.Request) (web.Answer, error) {
	w, err := welcomeOf(ctx, r)
	w.Done = welcomeDone[r.Query("done")]
	return web.Answer{Title: "Getting started", Body: welcomePage(w, nil)}, err
}

func welcomeOf(ctx context.Context, r *web.Request) (w welcome, err error) {
	w = welcome{Key: r.Key(), Works: len(r.By.Seats) > 0, Sends: r.By.Can(account.SendRequests), Manages: r.By.Can(account.ManageOffice),
		Faxes: r.Settings.Faxes, Support: r.Settings.Support}
	if w.Joining, err = account.OwnJoining(ctx, r.Tx, r.By); err != nil || w.Joining == nil {
		return w, err
	}
	zone, now := r.Zone(civil.DefaultZone), r.Tx.Now()
	w.Asked = words.Say("Asked %s", civil.NearWhen(w.Joining.AskedAt, zone, now))
	if at := w.Joining.RemindedAt; at != nil {
		w.Asked += words.Say(", reminded %s", civil.NearWithin(*at, zone, now))
	}
	if !w.open() || !w.Joining.Alone {
		return w, nil
	}
	_, all, err := provider.JoiningNumbers(ctx, r.Tx, r.By)
	w.Numbers = all
	for _, n := range all {
		w.Waiting = w.Waiting || n.Waits(now)
	}
	return w, err
}

// open reports whether the request to join waits for somebody.
func (w welcome) open() bool { return w.Joining != nil && w.Joining.DecidedAt == nil }

// choices are the numbers on file that a code can be sent to, without all of
// their digits.
func (w welcome) choices(err words.Text) ui.Group {
	g := ui.Group{Name: "which", Legend: "Where shall the code go?", Error: err}
	for i, n := range w.Numbers {
		o := ui.Option{Value: strconv.Itoa(i)}
		last := n.Number[max(0, len(n.Number)-4):]
		switch {
		case n.Kind == provider.Phone:
			o.Label, o.Hint = words.Say("By phone, to the number that ends in %s", last), "We call it on a working day and read the code to whoever answers"
		case w.Faxes:
			o.Label, o.Hint = words.Say("By fax, to the number that ends in %s", last), "It comes within minutes"
		default:
			continue
		}
		g.Options = append(g.Options, o)
	}
	return g
}

func remindJoining(ctx context.Context, r *web.Request) (web.Answer, error) {
	return welcomed(ctx, r, account.RemindOfJoining(ctx, r.Tx, r.By), "reminded")
}

func askJoiningCode(ctx context.Context, r *web.Request) (web.Answer, error) {
	which, err := strconv.Atoi(r.Value("which"))
	if err != nil {
		which = -1
	}
	_, all, err := provider.JoiningNumbers(ctx, r.Tx, r.By)
	if err != nil {
		return web.Answer{}, err
	}
	if which >= 0 && which < len(all) && all[which].Kind == provider.Fax && !r.Settings.Faxes {
		return web.Answer{}, fault.New(fault.Conflict, "This installation sends no faxes.")
	}
	return welcomed(ctx, r, provider.AskForJoining(ctx, r.Tx, r.By, which), "asked")
}

func proveJoining(ctx context.Context, r *web.Request) (web.Answer, error) {
	return welcomed(ctx, r, provider.ProveJoining(ctx, r.Tx, r.By, r.Value("code")), "proven")
}

// welcomed leads back to the page, which says what was done or what is wrong.
func welcomed(ctx context.Context, r *web.Request, cause error, done string) (web.Answer, error) {
	if cause == nil {
		return seeOther("/welcome?done=" + done)
	}
	if k := fault.Of(cause).Kind; k != fault.Invalid && k != fault.TooMany && k != fault.Conflict {
		return web.Answer{}, cause
	}
	w, err := welcomeOf(ctx, r)
	if err != nil {
		return web.Answer{}, err
	}
	a, err := faulty("Getting started", func(errs []ui.FieldError) templ.Component { return welcomePage(w, errs) }, cause, "which", "code")
	a.Bare = false
	return a, err
}
