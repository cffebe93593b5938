package civil

import (
	"time"

	"parley/internal/words"
)

// A Holiday is a day, or a day of each year, without business.
type Holiday struct {
	Falls Falling
	Name  words.Text
	Shut  Hours // of the day; none for all of it
}

// AllDay reports whether h leaves nothing of its day.
func (h Holiday) AllDay() bool { return h.Shut == Hours{} }

// NameOn is what h is called on d, which says whether another day is meant.
func (h Holiday) NameOn(d Date) words.Text {
	if h.Falls.Moved(d) {
		return words.Say("%s (observed)", h.Name)
	}
	return h.Name
}

// Holidays are those of a calendar. Of several on one day the first counts.
type Holidays []Holiday

// On is the holiday that falls on d, if one does.
func (all Holidays) On(d Date) (Holiday, bool) {
	for _, h := range all {
		if h.Falls.On(d) {
			return h, true
		}
	}
	return Holiday{}, false
}

// A Federal is a holiday of the United States, with its names.
type Federal struct {
	Falls       Falling
	Name        string
	NameSpanish string
}

// USFederal are the federal holidays, each on the day on which it is observed:
// one on a Saturday the Friday before, one on a Sunday the Monday after. So New
// Year's Day 2028 is found on December 31, 2027.
var USFederal = []Federal{
	{OnDay(time.January, 1, true), "New Year's Day", "Año Nuevo"},
	{OnWeekday(3, time.Monday, time.January), "Martin Luther King Jr. Day", "Día de Martin Luther King Jr."},
	{OnWeekday(3, time.Monday, time.February), "Presidents' Day", "Día de los Presidentes"},
	{OnWeekday(last, time.Monday, time.May), "Memorial Day", "Día de los Caídos"},
	{OnDay(time.June, 19, true), "Juneteenth", "Juneteenth, Día de la Emancipación"},
	{OnDay(time.July, 4, true), "Independence Day", "Día de la Independencia"},
	{OnWeekday(1, time.Monday, time.September), "Labor Day", "Día del Trabajo"},
	{OnWeekday(2, time.Monday, time.October), "Columbus Day", "Día de la Raza"},
	{OnDay(time.November, 11, true), "Veterans Day", "Día de los Veteranos"},
	{OnWeekday(4, time.Thursday, time.November), "Thanksgiving", "Día de Acción de Gracias"},
	{OnDay(time.December, 25, true), "Christmas Day", "Navidad"},
}

// FederalHolidays is a calendar's list of them, where no plan's own is at hand.
func FederalHolidays() (all Holidays) {
	for _, f := range USFederal {
		all = append(all, Holiday{Falls: f.Falls, Name: words.Both(f.Name, f.NameSpanish)})
	}
	return all
}
