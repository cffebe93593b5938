package review

import (
	"fmt"

	"parley/internal/domain/order"
	"parley/internal/fault"
	"parley/internal/words"
)

// outcome is what the lines make of the whole order.
func outcome(lines []Line) order.Status {
	approved, denied := 0, 0
	for _, l := range lines {
		switch l.Outcome {
		case Approve:
			approved++
		case Deny:
			denied++
		}
	}
	switch {
	case denied == len(lines):
		return order.Denied
	case approved == len(lines):
		return order.Approved
	}
	return order.Partial
}

// Adverse reports whether d denies or reduces anything.
func (d Decision) Adverse() bool { return outcome(d.Lines).Adverse() }

// check says what a decision lacks, by the fields of the page that sends it.
func check(o order.Order, d Decision) error {
	if err := reopening(o, d); err != nil {
		return err
	}
	f := fault.Fields{}
	byLine := map[int]Line{}
	for _, l := range d.Lines {
		byLine[l.Line] = l
	}
	open := o.Open()
	for _, s := range open {
		checkLine(f, s, byLine[s.Line])
	}
	if len(f) == 0 && len(byLine) != len(open) {
		return fault.New(fault.Conflict, "This order's services changed. Read it again before you decide.")
	}
	if d.Adverse() {
		f.Check(d.Kind == "clinical" || d.Kind == "administrative", "kind", "Select whether the reason is clinical or administrative")
		f.Check(d.Rationale != "", "rationale", "Write the reason in plain words")
		f.Check(len(d.Rationale) <= 4000, "rationale", "The reason must be 4,000 characters or less")
		f.Check(d.Reviewed != "", "reviewed", "Enter what you reviewed")
		f.Check(len(d.Reviewed) <= 4000, "reviewed", "What you reviewed must be 4,000 characters or less")
		f.Check(d.WouldChange != "", "would_change", "Enter what would change the decision")
		f.Check(len(d.WouldChange) <= 4000, "would_change", "What would change the decision must be 4,000 characters or less")
		f.Check(d.Plain != "", "plain", "Write the reason for the member in plain words")
		f.Check(len(d.Plain) <= 1000 && len(d.PlainES) <= 1000, "plain", "The reason for the member must be 1,000 characters or less")
	}
	f.Check(d.Attested, "attested", "Check the box to confirm that you have reviewed this case")
	return f.Err()
}

func checkLine(f fault.Fields, s order.Service, l Line) {
	field := func(name string) string { return fmt.Sprintf("%s_%d", name, s.Line) }
	switch l.Outcome {
	case Approve:
	case Modify:
		f.Check(l.Units > 0 && l.Units < s.Units, field("units"), words.Say("Units must be between 1 and %s to approve in part", max(1, s.Units-1)))
	case Deny:
	default:
		f.Check(false, field("outcome"), "Select an outcome for each service")
		return
	}
	if l.Outcome != Approve {
		f.Check(l.Reason != "", field("reason"), "Enter the specific reason")
		f.Check(len(l.Reason) <= 1000, field("reason"), "The reason must be 1,000 characters or less")
		f.Check(l.Criterion != "", field("criterion"), "Enter the criterion that isn't met")
		f.Check(len(l.Criterion) <= 300, field("criterion"), "The criterion must be 300 characters or less")
	}
	f.Check(l.From.IsZero() || l.To.IsZero() || !l.To.Before(l.From), field("to"), "The end date must be after the start date")
}

// reopening refuses to decide twice. A decision can only get better for the
// member, and only by a way the rules know.
func reopening(o order.Order, d Decision) error {
	if !o.Status.Decided() {
		if o.Status.Pending() {
			return nil
		}
		return fault.New(fault.Conflict, "An order that is %s can't be decided.", o.Status.Words())
	}
	if d.After == "" {
		return fault.New(fault.Conflict, "This order is decided already: %s.", o.Status.Words())
	}
	if !o.Status.MayBecome(outcome(d.Lines)) {
		return fault.New(fault.Conflict, "A second decision can't be worse than the first.")
	}
	return nil
}

// decideServices writes each line's outcome into the order's services.
func decideServices(o *order.Order, lines []Line) {
	for i := range o.Services {
		s := &o.Services[i]
		for _, l := range lines {
			if l.Line != s.Line {
				continue
			}
			s.ApprovedFrom, s.ApprovedTo = l.From, l.To
			switch l.Outcome {
			case Approve:
				s.Status, s.Approved = order.Approved, s.Units
			case Modify:
				s.Status, s.Approved = order.Partial, l.Units
			case Deny:
				s.Status, s.Approved = order.Denied, 0
			}
			if l.Outcome != Deny {
				widen(o, s)
			}
		}
	}
}

// widen has the order's validity span that of its approved services.
func widen(o *order.Order, s *order.Service) {
	if !s.ApprovedFrom.IsZero() && (o.ValidFrom.IsZero() || s.ApprovedFrom.Before(o.ValidFrom)) {
		o.ValidFrom = s.ApprovedFrom
	}
	if !s.ApprovedTo.IsZero() && s.ApprovedTo.After(o.ValidTo) {
		o.ValidTo = s.ApprovedTo
	}
}
