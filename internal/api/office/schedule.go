package office

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/order"
	"parley/internal/domain/peer"
	"parley/internal/domain/provider"
	"parley/internal/fault"
)

// An asked order is one about which a system asks for a call.
type asked struct {
	order order.Order
	st    peer.Standing
	loc   *time.Location // in which the office reads times
}

// about reads an order and whether a call about it is to be had. An order that
// the key's person may not see is NotFound; the read is audited as theirs.
func (r *request) about(ctx context.Context, number string) (a asked, err error) {
	if a.order, err = order.Get(ctx, r.tx, r.by, number); err != nil {
		return a, err
	}
	if err := order.ForSystem(ctx, r.tx, r.by, a.order); err != nil {
		return a, err
	}
	if a.st, err = peer.Stand(ctx, r.tx, r.by, a.order); err != nil {
		return a, err
	}
	zone := r.by.Zone
	if zone == "" && a.order.LocationID != "" {
		if l, err := provider.GetLocation(ctx, r.tx, a.order.LocationID); err == nil {
			zone = l.TimeZone
		}
	}
	a.loc, err = civil.Zone(cmp.Or(zone, a.st.Plan.TimeZone))
	return a, err
}

// offer are the free times for a call about a, none where no call is to be had.
func (r *request) offer(ctx context.Context, a asked) (peer.Offer, error) {
	if !a.st.Bookable() {
		return peer.Offer{}, nil
	}
	return peer.Offers(ctx, r.tx, r.by, a.order, a.st, nil)
}

// only refuses terms of a search that are not known, and more than one of a
// kind but for start.
func only(q url.Values, known ...string) error {
	for name, all := range q {
		if !slices.Contains(known, name) {
			return fault.New(fault.Invalid, "There is no search parameter %s here.", name)
		}
		if len(all) > 1 && name != "start" {
			return fault.New(fault.Invalid, "Send %s once.", name)
		}
	}
	return nil
}

func findSchedules(ctx context.Context, r *request) (answer, error) {
	q := r.URL.Query()
	if err := only(q, "identifier"); err != nil {
		return answer{}, err
	}
	if q.Get("identifier") == "" {
		return answer{}, fault.New(fault.Invalid, "Name an order by its number, as identifier.")
	}
	one, err := scheduleOf(ctx, r, lastPart(q.Get("identifier"), "|"))
	if fault.Is(err, fault.NotFound) {
		return r.searchset(nil), nil
	}
	return r.searchset([]Entry{r.entry("Schedule/"+one.ID, one)}), err
}

func readSchedule(ctx context.Context, r *request) (answer, error) {
	one, err := scheduleOf(ctx, r, r.PathValue("order"))
	return answer{200, one}, err
}

func scheduleOf(ctx context.Context, r *request, number string) (s Schedule, err error) {
	a, err := r.about(ctx, number)
	if err != nil {
		return s, err
	}
	offer, err := r.offer(ctx, a)
	if err != nil {
		return s, err
	}
	s = Schedule{ResourceType: "Schedule", ID: a.order.Number, Identifier: []Identifier{r.orderNumber(a.order.Number)}, Active: a.st.Bookable(),
		ServiceType: serviceType, Actor: []Reference{{Display: a.st.Program.Name + ", physician reviewers"}}, Comment: standings[a.st.Result]}
	if n := len(offer.Slots); n > 0 {
		s.PlanningHorizon = &Period{instant(offer.Slots[0].Start, a.loc), instant(offer.Slots[n-1].End(), a.loc)}
	}
	return s, nil
}

// serviceType is what all of it is about.
var serviceType = []Concept{{Text: "Peer-to-peer call"}}

// standings say whether a call is to be had and what it can do, as a comment.
var standings = map[peer.Result]string{
	peer.Available: "A call can change the decision.", peer.BeforeDecision: "A call can help before the decision.", peer.DiscussOnly: "A call is for discussion only.",
	peer.AlreadyBooked: "A call is booked.", peer.Used: "No further call is allowed for this decision.", peer.NotOpenYet: "Calls can't be booked here yet.",
	peer.PlanHandles: "The plan runs its own calls.", peer.NotOffered: "No calls are offered.", peer.Administrative: "A call can't change a denial that is not clinical.",
	peer.NothingDenied: "Nothing was denied.",
}

func (r *request) orderNumber(number string) Identifier {
	return Identifier{r.base + "/NamingSystem/order", number}
}

func findSlots(ctx context.Context, r *request) (answer, error) {
	q := r.URL.Query()
	if err := only(q, "schedule", "start", "_count"); err != nil {
		return answer{}, err
	}
	number := strings.TrimPrefix(q.Get("schedule"), "Schedule/")
	if number == "" {
		return answer{}, fault.New(fault.Invalid, "Name the schedule, as schedule=Schedule/ and an order's number.")
	}
	most := 500
	if text := q.Get("_count"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return answer{}, fault.New(fault.Invalid, "_count must be a number from 1 on.")
		}
		most = min(most, n)
	}
	within, err := bounds(q["start"])
	if err != nil {
		return answer{}, err
	}
	a, err := r.about(ctx, number)
	if fault.Is(err, fault.NotFound) {
		return r.searchset(nil), nil
	}
	if err != nil {
		return answer{}, err
	}
	offer, err := r.offer(ctx, a)
	if err != nil {
		return answer{}, err
	}
	var found []Entry
	for _, s := range offer.Slots {
		if within(s.Start) && len(found) < most {
			found = append(found, r.entry("Slot/"+slotID(a.order, s), r.slot(a, s, "free")))
		}
	}
	return r.searchset(found), nil
}

// bounds reads start=ge…, gt, le and lt with a time that has an offset.
func bounds(all []string) (within func(time.Time) bool, err error) {
	var tests []func(time.Time) bool
	for _, text := range all {
		if len(text) < 2 {
			return nil, fault.New(fault.Invalid, "start must read like ge2026-11-24T09:00:00-06:00.")
		}
		at, err := time.Parse(time.RFC3339, strings.ReplaceAll(text[2:], " ", "+")) // a plus sign in an address is a space
		if err != nil {
			return nil, fault.New(fault.Invalid, "start must read like ge2026-11-24T09:00:00-06:00.")
		}
		test, known := map[string]func(time.Time) bool{
			"ge": func(t time.Time) bool { return !t.Before(at) }, "gt": func(t time.Time) bool { return t.After(at) },
			"le": func(t time.Time) bool { return !t.After(at) }, "lt": func(t time.Time) bool { return t.Before(at) },
		}[text[:2]]
		if !known {
			return nil, fault.New(fault.Invalid, "start can be compared by ge, gt, le and lt.")
		}
		tests = append(tests, test)
	}
	return func(t time.Time) bool {
		return !slices.ContainsFunc(tests, func(test func(time.Time) bool) bool { return !test(t) })
	}, nil
}

func readSlot(ctx context.Context, r *request) (answer, error) {
	number, s, err := readSlotID(r.PathValue("slot"))
	if err != nil {
		return answer{}, err
	}
	a, err := r.about(ctx, number)
	if err != nil {
		return answer{}, err
	}
	offer, err := r.offer(ctx, a)
	for _, free := range offer.Slots {
		if free.Start.Equal(s.Start) && free.Minutes == s.Minutes {
			return answer{200, r.slot(a, free, "free")}, nil
		}
	}
	return answer{200, r.slot(a, s, "busy")}, err
}

func (r *request) slot(a asked, s peer.Slot, status string) Slot {
	one := Slot{ResourceType: "Slot", ID: slotID(a.order, s), Schedule: Reference{Reference: "Schedule/" + a.order.Number}, Status: status,
		Start: instant(s.Start, a.loc), End: instant(s.End(), a.loc)}
	if s.Tier > 0 {
		one.Extension = []Extension{{URL: r.base + "/StructureDefinition/match", ValueInteger: s.Tier}}
	}
	return one
}

// slotID names a time for a call about one order in the characters that an id
// may have (FHIR R4, 2.24.0.1: no underscore).
func slotID(o order.Order, s peer.Slot) string {
	return o.Number + "-" + strings.ReplaceAll(strings.TrimPrefix(s.Key(), "s_"), "_", "-")
}

// readSlotID undoes slotID. Anything else is NotFound.
func readSlotID(id string) (number string, s peer.Slot, err error) {
	number, key, _ := strings.Cut(id, "-")
	s, ok := peer.ParseSlot("s_" + strings.ReplaceAll(key, "-", "_"))
	if !ok || len(number) != 10 {
		return "", s, fault.New(fault.NotFound, "There is no such slot.")
	}
	return number, s, nil
}

func lastPart(s, sep string) string { return s[strings.LastIndex(s, sep)+1:] }
