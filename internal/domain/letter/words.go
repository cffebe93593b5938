package letter

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parley/internal/domain/civil"
	"parley/internal/domain/deadline"
	"parley/internal/domain/order"
	"parley/internal/words"
)

// dayIn writes a day as a letter in a language does: "November 23, 2026". A
// letter's days are the plan's, and their ends are meant: it names no hour.
func dayIn(lang string, d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return civil.PlainDate(d).In(words.Language(lang))
}

func dayOf(lang string, t time.Time, zone *time.Location) string {
	return dayIn(lang, civil.DateIn(t, zone))
}

// amountIn writes a length of time.
func amountIn(lang string, a deadline.Amount) string {
	switch {
	case a.N == 0:
		return ""
	case lang != "es":
		return strings.Replace(a.String(), "calendar ", "", 1)
	}
	words := map[deadline.Unit][2]string{deadline.Hours: {"hora", "horas"}, deadline.CalendarDays: {"día", "días"},
		deadline.BusinessDays: {"día hábil", "días hábiles"}, deadline.BusinessHours: {"hora hábil", "horas hábiles"}}[a.Unit]
	if a.N == 1 {
		return "1 " + words[0]
	}
	return strconv.Itoa(a.N) + " " + words[1]
}

var statusIn = map[string]map[order.Status]string{
	"en": {order.Approved: "Approved", order.Partial: "Approved in part", order.Denied: "Not approved", order.Withdrawn: "Taken back"},
	"es": {order.Approved: "Aprobado", order.Partial: "Aprobado en parte", order.Denied: "No aprobado", order.Withdrawn: "Retirado"},
}

//go:embed abbreviations.json
var abbreviationFile []byte

// abbreviations are what short forms mean in plain words, by language. NCQA UM
// 7 asks that a denial has none that is not explained.
var abbreviations = func() (all map[string]map[string]string) {
	if err := json.Unmarshal(abbreviationFile, &all); err != nil {
		panic(err) // embedded
	}
	return all
}()

var shortForm = regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,5}\b`)

// An explainer writes out each abbreviation the first time it stands in a
// letter: "magnetic resonance imaging (MRI)".
type explainer struct {
	lang string
	done map[string]bool
}

func (e *explainer) plain(s string) string {
	return shortForm.ReplaceAllStringFunc(s, func(short string) string {
		long := abbreviations[e.lang][short]
		if long == "" || e.done[short] {
			return short
		}
		e.done[short] = true
		return long + " (" + short + ")"
	})
}
