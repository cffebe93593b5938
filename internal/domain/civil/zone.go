package civil

import (
	"fmt"
	"parley/internal/words"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // containers often lack the system's copy
)

var zones sync.Map // name to *time.Location; only real names, so it stays small

// DefaultZone is where times are read until a person has said where they are
// and no plan says where it is.
const DefaultZone = "America/Chicago"

// Zone returns the time zone of an IANA name such as "America/Chicago".
func Zone(name string) (*time.Location, error) {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if name == "" || name == "Local" { // time.LoadLocation takes both, and means the server's own
		return nil, fmt.Errorf("%q is not the name of a time zone", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is not the name of a time zone: %w", name, err)
	}
	zones.Store(name, loc)
	return loc, nil
}

// A ZoneChoice is a time zone that people in the United States can choose.
type ZoneChoice struct {
	Name   string     // IANA name
	Label  words.Text // what the choice says: "Central"
	Abbrev string     // what stands after a time: "CT"
	long   words.Text // what a page calls it: "Central Time (CT)"
}

// Zones are the choices offered, from east to west and then the islands.
var Zones = []ZoneChoice{
	{"America/New_York", "Eastern", "ET", "Eastern Time (ET)"},
	{"America/Chicago", "Central", "CT", "Central Time (CT)"},
	{"America/Denver", "Mountain", "MT", "Mountain Time (MT)"},
	{"America/Phoenix", "Arizona (no daylight time)", "MST", "Arizona Time (MST)"},
	{"America/Los_Angeles", "Pacific", "PT", "Pacific Time (PT)"},
	{"America/Anchorage", "Alaska", "AKT", "Alaska Time (AKT)"},
	{"Pacific/Honolulu", "Hawaii", "HT", "Hawaii Time (HT)"},
	{"America/Puerto_Rico", "Atlantic (Puerto Rico, Virgin Islands)", "AT", "Atlantic Time (AT)"},
	{"Pacific/Pago_Pago", "Samoa", "ST", "Samoa Time (ST)"},
	{"Pacific/Guam", "Chamorro (Guam, Northern Marianas)", "ChT", "Chamorro Time (ChT)"},
}

// sameClock lists, for a choice, the other names under which browsers report
// places that keep its clock today. The western Aleutians are not here: they
// are Hawaii's neighbors with daylight time.
var sameClock = map[string]string{
	"America/New_York": `America/Detroit America/Fort_Wayne America/Indiana/Indianapolis America/Indiana/Marengo
		America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac America/Indianapolis
		America/Kentucky/Louisville America/Kentucky/Monticello America/Louisville US/East-Indiana US/Eastern US/Michigan EST5EDT`,
	"America/Chicago": `America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN America/Menominee
		America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem US/Central US/Indiana-Starke CST6CDT`,
	"America/Denver":      `America/Boise America/Shiprock Navajo US/Mountain MST7MDT`,
	"America/Phoenix":     `US/Arizona MST`,
	"America/Los_Angeles": `US/Pacific PST8PDT`,
	"America/Anchorage":   `America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat US/Alaska`,
	"Pacific/Honolulu":    `Pacific/Johnston US/Hawaii HST`,
	"America/Puerto_Rico": `America/St_Thomas America/Virgin`,
	"Pacific/Pago_Pago":   `Pacific/Midway Pacific/Samoa US/Samoa`,
	"Pacific/Guam":        `Pacific/Saipan`,
}

var choiceOf = indexZones()

func indexZones() map[string]ZoneChoice {
	index := map[string]ZoneChoice{}
	for _, z := range Zones {
		index[z.Name] = z
		for _, name := range strings.Fields(sameClock[z.Name]) {
			index[name] = z
		}
	}
	return index
}

// ChoiceFor returns which of Zones a place belongs to, by its IANA name: the
// one for "America/Detroit" is Eastern. It is false for a place outside them.
func ChoiceFor(name string) (ZoneChoice, bool) {
	z, ok := choiceOf[name]
	return z, ok
}

// LongZone returns what a page calls the zone: "Central Time (CT)". Outside
// the choices that is the zone's own name: "Asia/Kolkata".
func LongZone(loc *time.Location) words.Text {
	z, ok := choiceOf[loc.String()]
	if !ok {
		return words.AsIs(strings.ReplaceAll(loc.String(), "_", " "))
	}
	return z.long
}

// ShortZone returns the letters that stand after a time in loc: "CT". In the
// hour that repeats when clocks are set back, "CT" would name two instants,
// so there it is "CDT" or "CST".
func ShortZone(loc *time.Location, t time.Time) string {
	t = t.In(loc)
	z, ok := choiceOf[loc.String()]
	if ok && !repeated(t) {
		return z.Abbrev
	}
	name, offset := t.Zone()
	if strings.Trim(name, "+-0123456789") == "" { // the zone has no letters of its own
		return utcOffset(offset)
	}
	return name
}

func repeated(t time.Time) bool {
	_, _, kind := Resolve(DateIn(t, t.Location()), t.Hour()*60+t.Minute(), t.Location())
	return kind == Overlap
}

func utcOffset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	if minutes := seconds / 60 % 60; minutes != 0 {
		return fmt.Sprintf("UTC%s%d:%02d", sign, seconds/3600, minutes)
	}
	return fmt.Sprintf("UTC%s%d", sign, seconds/3600)
}
