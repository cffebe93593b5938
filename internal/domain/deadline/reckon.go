package deadline

import (
	"errors"
	"slices"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/words"
)

// ErrNoRule says that no rule of the packs is about such a request.
var ErrNoRule = errors.New("no rule says by when this is decided")

// Reckon works out by when packs want a decision, as it stands at now: the
// earliest due time of all that hold counts. The error is ErrNoRule if none
// does. It reads nothing and changes nothing.
func Reckon(packs []*Pack, f Facts, now time.Time) (Clock, error) {
	c := Clock{Kind: f.kind(), Started: f.Received}
	for _, p := range packs {
		if len(p.States) > 0 && f.State != "" && !slices.Contains(p.States, f.State) {
			continue
		}
		if l, ok := f.limit(p, now); ok {
			c.Limits = append(c.Limits, l)
		}
	}
	if len(c.Limits) == 0 {
		return c, ErrNoRule
	}
	slices.SortStableFunc(c.Limits, func(a, b Limit) int { return a.Due.Compare(b.Due) })
	c.Limit = c.Limits[0]
	return c, nil
}

// kind is what the request is decided as after all that happened.
func (f Facts) kind() Kind {
	k := f.Kind
	for _, e := range f.Events {
		if e.Kind == Reclassified {
			k = e.To
		}
	}
	return k
}

// rule is the one of p about a kind of request that came by f's channel.
func (f Facts) rule(p *Pack, k Kind) *Rule {
	channel := "other"
	if f.Electronic {
		channel = "electronic"
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		if slices.Contains(r.Kinds, k) && (r.Channel == "" || r.Channel == channel) {
			return r
		}
	}
	return nil
}

// limit is what one pack makes of the facts; false if it has no rule for them.
func (f Facts) limit(p *Pack, now time.Time) (Limit, bool) {
	r := f.rule(p, f.Kind)
	w := &walk{f: f, now: now, base: f.Received, pack: p}
	if r != nil {
		w.begin(r, words.Say("Received. %s", r.Sentence))
	}
	for i, e := range f.Events {
		w.take(e, f.Events[i+1:])
	}
	if w.rule == nil {
		return Limit{}, false
	}
	w.say(w.due, "Due.")
	return Limit{Pack: p, Rule: w.rule, Due: w.due, Paused: w.paused, Until: w.until, Steps: w.steps}, true
}

// A walk goes through what happened to a clock, from its beginning.
type walk struct {
	f      Facts
	now    time.Time
	pack   *Pack
	rule   *Rule
	base   time.Time // from when the time counts
	due    time.Time
	paused bool
	until  time.Time
	longer bool // it was extended
	steps  []Step
}

func (w *walk) say(at time.Time, text words.Text) {
	w.steps = append(w.steps, Step{At: at, Text: text})
}

// begin has a rule's whole time run from base.
func (w *walk) begin(r *Rule, why words.Text) {
	w.rule = r
	w.due = w.f.after(w.base, r.Within)
	w.say(w.base, why)
	w.sayHolidays(w.base, w.due, r.Within.Unit)
}

// take applies one event; rest are those after it.
func (w *walk) take(e Event, rest []Event) {
	if w.rule == nil && e.Kind != Reclassified {
		return
	}
	switch e.Kind {
	case Asked:
		w.ask(e, rest)
	case Extended:
		w.extend(e)
	case Reclassified:
		w.reclassify(e)
	}
}

// ask stops the clock, if the rule lets it, until the answer or the end of the
// wait. A question after the end of the time can't give more of it.
func (w *walk) ask(e Event, rest []Event) {
	m := w.rule.Missing
	if m.Effect == "" || m.Effect == Runs {
		w.say(e.At, words.Join([]words.Text{"Information was asked for. The clock runs on.", m.Sentence}, " "))
		return
	}
	if e.At.After(w.due) {
		w.say(e.At, "Information was asked for after the decision was due. The clock stays where it is.")
		return
	}
	end, over := e.Until, words.Text("The wait for information ended.")
	if i := slices.IndexFunc(rest, func(r Event) bool { return r.Kind == Answered }); i >= 0 && rest[i].At.Before(end) {
		end, over = rest[i].At, "The information came."
	}
	w.paused = w.now.Before(end) && !w.now.Before(e.At)
	if w.paused {
		w.until = end
	}
	w.say(e.At, words.Join([]words.Text{"Information was asked for. The clock stops.", m.Sentence}, " "))
	if m.Effect == Restarts {
		left := m.Then
		if left.N == 0 {
			left = w.rule.Within
		}
		w.due = w.f.after(end, left)
		w.say(end, words.Say("%s From here it is %s.", over, left.Text()))
		w.sayHolidays(end, w.due, left.Unit)
		return
	}
	w.due = w.f.shifted(w.due, e.At, end, w.rule.Within.Unit)
	w.say(end, words.Say("%s The clock runs on after %s.", over, civil.Left(end.Sub(e.At))))
}

func (w *walk) extend(e Event) {
	x := w.rule.Extension
	if x == nil || w.longer {
		return
	}
	w.longer = true
	w.due = w.f.after(w.due, x.By)
	w.say(e.At, words.Say("Extended once by %s: %s.", x.By.Text(), strings.TrimSuffix(e.Why, ".")))
}

// reclassify has the rule for another kind count. What became urgent counts
// from then, but is never due later than it was; what is no longer urgent
// counts from its receipt.
func (w *walk) reclassify(e Event) {
	r := w.f.rule(w.pack, e.To)
	if r == nil {
		return
	}
	before, had := w.due, w.rule != nil
	w.base = w.f.Received
	if e.To == Urgent {
		w.base = e.At
	}
	w.paused, w.until, w.longer = false, time.Time{}, false
	w.begin(r, words.Say("Became %s: %s %s", words.Text(e.To.Words()), e.Why, r.Sentence))
	w.steps[len(w.steps)-1].At = e.At
	if had && e.To == Urgent && before.Before(w.due) {
		w.due = before
		w.say(before, "It was due before that already, and stays so.")
	}
}

// sayHolidays names the days that count in business time would not.
func (w *walk) sayHolidays(from, to time.Time, u Unit) {
	if u != BusinessDays && u != BusinessHours {
		return
	}
	c := w.f.Calendar
	for d, last := civil.DateIn(from, c.Zone), civil.DateIn(to.Add(-time.Second), c.Zone); !d.After(last); d = d.AddDays(1) {
		if name, closed := c.Holiday(d); closed {
			w.steps = append(w.steps, Step{At: civil.Start(d, 0, c.Zone), Day: d, Text: words.Say("%s isn't counted.", name)})
		} else if _, name, some := c.Shut(d); some && u == BusinessHours {
			w.steps = append(w.steps, Step{At: civil.Start(d, 0, c.Zone), Day: d, Text: words.Say("%s isn't counted for some hours.", name)})
		}
	}
}

// Mark is when a part of the clock's time is used up, in percent of the whole
// from its beginning to its end.
func (c Clock) Mark(percent int) time.Time {
	whole := c.Due.Sub(c.Started)
	return c.Started.Add(time.Duration(float64(whole) * float64(percent) / 100))
}

// marks are the parts of a clock at which people are warned, and its end.
var marks = []int{50, 75, 90, 100}
