package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/internal/domain/civil"
	"parley/internal/domain/plan"
	"parley/internal/infra/db"
)

// A SetupHoliday is a day on which a plan does no business. Where there is no
// more to say it is its name alone, as files had it before there was more.
type SetupHoliday struct {
	Name    string `json:"name"`
	Spanish string `json:"name_es,omitempty"`
	Applies string `json:"applies_to,omitempty"` // "clocks" or "calls"; left out: both
	Closed  string `json:"closed,omitempty"`     // hours of the day, like "12:00-18:00"; left out: all of it

	bare bool // the name alone was there
}

// UnmarshalJSON reads a name, or the whole.
func (h *SetupHoliday) UnmarshalJSON(text []byte) error {
	*h = SetupHoliday{}
	if len(text) > 0 && text[0] == '"' {
		h.bare = true
		return json.Unmarshal(text, &h.Name)
	}
	type whole SetupHoliday
	return json.Unmarshal(text, (*whole)(h))
}

// MarshalJSON writes what UnmarshalJSON reads.
func (h SetupHoliday) MarshalJSON() ([]byte, error) {
	type whole SetupHoliday
	if w := (whole{Name: h.Name}); whole(h) == w || h.bare {
		return json.Marshal(h.Name)
	}
	return json.Marshal(whole(h))
}

func setupHoliday(h plan.Holiday) SetupHoliday {
	out := SetupHoliday{Name: h.Name, Spanish: h.NameES}
	if h.Applies != plan.ForBoth {
		out.Applies = string(h.Applies)
	}
	if h.Shut != (civil.Hours{}) {
		out.Closed = wallText(h.Shut.Open) + "-" + wallText(h.Shut.Close)
	}
	return out
}

// holiday is what a file says of a day. Of one that it only names, the rest
// stays as it was.
func (h SetupHoliday) holiday(falls civil.Falling, had []plan.Holiday) (out plan.Holiday, err error) {
	out = plan.Holiday{Falls: falls, Applies: plan.ForBoth}
	if i := slices.IndexFunc(had, func(o plan.Holiday) bool { return o.Falls == falls }); i >= 0 && h.bare {
		out = had[i]
	}
	out.Name = h.Name
	if h.bare {
		return out, nil
	}
	out.NameES, out.Applies = h.Spanish, plan.Counting(cmp.Or(h.Applies, string(plan.ForBoth)))
	if h.Closed == "" {
		return out, nil
	}
	from, until, _ := strings.Cut(h.Closed, "-")
	if out.Shut.Open, err = wallMinute(from); err == nil {
		out.Shut.Close, err = wallMinute(until)
	}
	return out, err
}

func (c *configurer) setHolidays(ctx context.Context, tx *db.Tx, p plan.Plan, in SetupPlan) error {
	had, err := plan.HolidaysOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	var all []plan.Holiday
	if in.FederalHolidays {
		all = plan.Federal()
	}
	for _, text := range slices.Sorted(maps.Keys(in.Holidays)) {
		falls, err := civil.ParseFalling(text)
		if err != nil {
			return fmt.Errorf("a holiday must begin with a date like 2026-11-26 or a rule like “4th Thursday of November”, not %q", text)
		}
		h, err := in.Holidays[text].holiday(falls, had)
		if err != nil {
			return err
		}
		all = plan.WithHoliday(all, h, plan.AddHoliday)
	}
	for _, h := range all {
		if err := plan.Close(ctx, tx, c.by, p.ID, h); err != nil {
			return err
		}
	}
	return nil
}
