package plan

import (
	"context"
	"maps"
	"slices"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/infra/db"
)

// CalendarOf returns the business days of a plan, by which clocks count. Its
// holidays are shared: nobody may change them.
func CalendarOf(ctx context.Context, tx *db.Tx, p Plan) (civil.Calendar, error) {
	all, err := policies(ctx, tx)
	if err != nil {
		return civil.Calendar{}, err
	}
	return civil.Calendar{Zone: p.Zone(), Holidays: all.holidays[p.ID].clocks}, nil
}

// CallCalendarOf returns the days of a plan on which calls are held. It is
// shared as CalendarOf's.
func CallCalendarOf(ctx context.Context, tx *db.Tx, p Plan) (civil.Calendar, error) {
	all, err := policies(ctx, tx)
	if err != nil {
		return civil.Calendar{}, err
	}
	return civil.Calendar{Zone: p.Zone(), Holidays: all.holidays[p.ID].calls}, nil
}

// SharedCalendar is that of work for all plans, in the zone: closed are the
// days on which every plan is.
func SharedCalendar(ctx context.Context, tx *db.Tx, zone *time.Location) (civil.Calendar, error) {
	return shared(ctx, tx, zone, func(h planHolidays) civil.Holidays { return h.clocks })
}

// SharedCallCalendar is that of calls for all plans, in the zone: closed are
// the days on which no plan has calls.
func SharedCallCalendar(ctx context.Context, tx *db.Tx, zone *time.Location) (civil.Calendar, error) {
	return shared(ctx, tx, zone, func(h planHolidays) civil.Holidays { return h.calls })
}

func shared(ctx context.Context, tx *db.Tx, zone *time.Location, of func(planHolidays) civil.Holidays) (civil.Calendar, error) {
	p, err := policies(ctx, tx)
	if err != nil {
		return civil.Calendar{}, err
	}
	var lists []civil.Holidays
	for _, id := range slices.Sorted(maps.Keys(p.plans)) {
		lists = append(lists, of(p.holidays[id]))
	}
	return civil.Calendar{Zone: zone, Holidays: common(lists)}, nil
}

// common are the holidays that are in every list: by the same rule, or on the
// same date however each list comes to it.
func common(lists []civil.Holidays) (all civil.Holidays) {
	for _, list := range lists {
		for _, h := range list {
			known := slices.ContainsFunc(all, func(o civil.Holiday) bool { return o.Falls == h.Falls })
			if !known && h.AllDay() && !slices.ContainsFunc(lists, func(other civil.Holidays) bool { return !has(other, h) }) {
				all = append(all, h)
			}
		}
	}
	slices.SortFunc(all, func(a, b civil.Holiday) int { return a.Falls.Compare(b.Falls) })
	return all
}

func has(list civil.Holidays, h civil.Holiday) bool {
	day, once := h.Falls.Date()
	return slices.ContainsFunc(list, func(o civil.Holiday) bool {
		return o.AllDay() && (o.Falls == h.Falls || once && o.Falls.On(day))
	})
}
