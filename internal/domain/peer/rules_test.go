package peer

import (
	"testing"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/plan"
	"parley/internal/domain/provider"
	"parley/internal/fault"
)

// Every result of the question whether a call is available.
func TestStand(t *testing.T) {
	loc, err := civil.Zone("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	decided := time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)
	base := func() facts {
		return facts{
			order: order.Order{Status: order.Denied, DenialKind: "clinical", DecidedAt: &decided}, now: decided.Add(time.Hour),
			rules: rules{line: plan.Line{CallEffect: "change", CallWindowDays: 5, CallBusiness: true, CallsPerCase: 1}, calendar: civil.Calendar{Zone: loc},
				doesCall: plan.Us, doesUM: plan.Us, rollout: plan.Rollout{Stage: plan.On}},
		}
	}
	for name, c := range map[string]struct {
		change func(*facts)
		want   Result
		why    string
	}{
		"can change it":             {func(*facts) {}, Available, ""},
		"last minute of the window": {func(f *facts) { f.now = time.Date(2026, 12, 1, 5, 59, 0, 0, time.UTC) }, Available, ""},
		"window ended":              {func(f *facts) { f.now = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC) }, DiscussOnly, BecauseWindow},
		"no window":                 {func(f *facts) { f.line.CallWindowDays = 0; f.now = f.now.AddDate(1, 0, 0) }, Available, ""},
		"appeal filed":              {func(f *facts) { f.order.AppealAt = &decided }, DiscussOnly, BecauseAppeal},
		"the plan decides":          {func(f *facts) { f.doesUM = plan.ThePlan }, DiscussOnly, BecausePlan},
		"Medicare Advantage":        {func(f *facts) { f.line.CallEffect = "discussion" }, DiscussOnly, BecauseLine},
		"approved in part":          {func(f *facts) { f.order.Status = order.Partial }, Available, ""},
		"not denied":                {func(f *facts) { f.order.Status = order.Approved }, NothingDenied, ""},
		"in review":                 {func(f *facts) { f.order.Status = order.NurseReview }, NothingDenied, ""},
		"the plan runs its own":     {func(f *facts) { f.doesCall = plan.ThePlan }, PlanHandles, ""},
		"nobody offers calls":       {func(f *facts) { f.doesCall = plan.Nobody }, NotOffered, ""},
		"not rolled out":            {func(f *facts) { f.rollout.Stage = plan.Announced }, NotOpenYet, ""},
		"administrative":            {func(f *facts) { f.order.DenialKind = "administrative" }, Administrative, ""},
		"booked":                    {func(f *facts) { f.live = &Call{} }, AlreadyBooked, ""},
		"used":                      {func(f *facts) { f.past = []Call{{}} }, Used, ""},
		"a second one allowed":      {func(f *facts) { f.past = []Call{{}}; f.line.CallsPerCase = 2 }, Available, ""},
		"booked counts before all":  {func(f *facts) { f.live = &Call{}; f.doesCall = plan.ThePlan }, AlreadyBooked, ""},
		"appeal after the window":   {func(f *facts) { f.order.AppealAt = &decided; f.now = f.now.AddDate(0, 1, 0) }, DiscussOnly, BecauseAppeal},
	} {
		f := base()
		c.change(&f)
		if got := stand(f); got.Result != c.want || got.Why != c.why {
			t.Errorf("%s: %s %s, want %s %s", name, got.Result, got.Why, c.want, c.why)
		}
	}
}

func TestSlotKeys(t *testing.T) {
	s := Slot{Start: time.Date(2026, 11, 24, 15, 30, 0, 0, time.UTC), Minutes: 30}
	got, ok := ParseSlot(s.Key())
	if !ok || !got.Start.Equal(s.Start) || got.Minutes != 30 {
		t.Errorf("%s is %+v", s.Key(), got)
	}
	for _, bad := range []string{"", "s_", "s_1", "x_1_30", "s_1_31", "s_zzzzzzzzzzzz_30", "s_-1_30", "s_1_30_1", "s_ÿ_30"} {
		if _, ok := ParseSlot(bad); ok {
			t.Errorf("%q is a slot", bad)
		}
	}
}

func TestPeopleSayWhatIsMissing(t *testing.T) {
	whole := People{Speaker: "ordering", First: "Ada", Last: "Okafor", Credential: "MD", Phone: "555-555-0131"}
	if err := checkPeople(whole, "MD,DO"); err != nil {
		t.Error(err)
	}
	for field, change := range map[string]func(*People){
		"speaker": func(p *People) { p.Speaker = "" }, "first_name": func(p *People) { p.First = "" }, "last_name": func(p *People) { p.Last = "" },
		"credential": func(p *People) { p.Credential = "PhD" }, "phone": func(p *People) { p.Phone = "555" }, "backup_phone": func(p *People) { p.BackupPhone = "12" },
		"extension": func(p *People) { p.Extension = "12a" }, "email": func(p *People) { p.Email = "ada@" }, "instructions": func(p *People) { p.Instructions = string(make([]byte, 201)) },
	} {
		p := whole
		change(&p)
		err := checkPeople(p, "MD,DO")
		if f := fault.Of(err).Fields; f[field] == "" || len(f) != 1 {
			t.Errorf("%s: %v", field, f)
		}
	}
}

func TestTidyPhone(t *testing.T) {
	for in, want := range map[string]string{"555-555-0131": "(555) 555-0131", "+1 (402) 999 3456": "(402) 999-3456", "4029993456": "(402) 999-3456", "12": "", "": "", "+44 20 7946 0958": "", "abc": ""} {
		if got := provider.TidyPhone(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
